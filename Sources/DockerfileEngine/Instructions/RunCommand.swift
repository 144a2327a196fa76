import Console
import Dockerfile
import OCI
import POSIX

/// The command of a `RUN`, as it is started.
struct RunCommand {
    /// The program and its arguments.
    let words: [String]
    /// The script that is the program, where the here-document is one with `#!` of its own.
    let script: String?

    private static let defaultShell = ["/bin/sh", "-c"]
    private static let defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Reads an instruction.
    ///
    /// - Parameters:
    ///   - instruction: The instruction.
    ///   - shell: The shell in force; empty for the usual one.
    /// - Throws: When there is no command.
    init(_ instruction: DockerfileInstruction, shell: [String]) throws(InstructionFailure) {
        if instruction.isJSON {
            guard !instruction.arguments.isEmpty else { throw InstructionFailure("the list of the command is empty") }
            words = instruction.arguments
            script = nil
            return
        }
        let shell = shell.isEmpty ? Self.defaultShell : shell
        let text = instruction.arguments.first ?? ""
        guard let heredoc = instruction.heredocs.first else {
            guard !text.isEmpty else { throw InstructionFailure("there is no command") }
            words = shell + [text]
            script = nil
            return
        }
        if instruction.heredocs.count == 1, Self.isHeredocAlone(text) {
            let content = heredoc.strippedContent
            script = content.hasPrefix("#!") ? content : nil
            words = shell + [content]
            return
        }
        // The shell reads here-documents itself.
        words = shell + [instruction.heredocs.reduce(text + "\n") { $0 + "\($1.content)\($1.delimiter)\n" }]
        script = nil
    }

    /// Whether nothing stands beside the word that announces a here-document.
    private static func isHeredocAlone(_ text: String) -> Bool {
        text.hasPrefix("<<") && !text.contains { $0.isWhitespace }
    }

    /// The environment of the command.
    ///
    /// - Parameters:
    ///   - stage: What is in force.
    ///   - transient: Variables that are no part of the image.
    ///   - home: Where the user is at home.
    /// - Returns: The variables, `NAME=value` each.
    static func environment(_ stage: Stage, transient: [String], home: String) -> [String] {
        var values: [String: String] = [:]
        let arguments = stage.arguments.compactMap { argument in argument.value.map { "\(argument.name)=\($0)" } }
        for entry in [defaultPath, "HOME=\(home)"] + transient + arguments + stage.config.environment {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            values[String(parts[0])] = String(parts[1])
        }
        return values.map { "\($0.key)=\($0.value)" }.sorted()
    }
}

/// Runs the command of a `RUN` in this process's own root.
struct CommandRun {
    let stage: Stage
    let transientEnvironment: [String]
    /// Where scripts are put: a directory that is no part of the image.
    let scriptsDir: String
    let logger: Logger

    /// How much of the output errors show: the last lines, and of these the last bytes.
    private static let shownLines = 15
    private static let shownBytes = 4096

    /// Runs the command, and passes on what it prints as it comes.
    ///
    /// - Throws: When it can't be started or doesn't succeed.
    func run(_ command: RunCommand) throws(InstructionFailure) {
        let identity = try Accounts(root: "/").identity(stage.config.user)
        let environment = RunCommand.environment(stage, transient: transientEnvironment, home: identity.home)
        var words = command.words
        let scriptPath = try command.script.map { script throws(InstructionFailure) in
            try write(script)
        }
        defer { if let scriptPath { try? FileSystem.removeTree(Path.directory(scriptPath)) } }
        if let scriptPath { words = [scriptPath] }
        var configuration = SubprocessConfiguration(
            executable: try find(words[0], environment),
            arguments: Array(words.dropFirst()),
            environment: environment,
            workingDirectory: stage.workingDirectory,
            identity: SubprocessConfiguration.Identity(uid: identity.uid, gid: identity.gid, groups: identity.groups),
            joinsStreams: true,
            outlastsChild: false
        )
        configuration.name = words[0]
        var tail: [UInt8] = []
        let status: ExitStatus
        do {
            status = try Subprocess.run(configuration, by: logger.outputUnit) { _, bytes in
                logger.output(.info, bytes)
                tail += bytes
                if tail.count > Self.shownBytes * 2 { tail.removeFirst(tail.count - Self.shownBytes) }
            }
        } catch {
            throw InstructionFailure("\(error)")
        }
        guard status.isSuccess else { throw InstructionFailure("\(status)", output: Self.lastLines(of: tail)) }
    }

    private static func lastLines(of bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes.suffix(shownBytes), as: UTF8.self).split(separator: "\n")
        return lines.suffix(shownLines).joined(separator: "\n")
    }

    /// Finds a program as `execvp` does.
    private func find(_ program: String, _ environment: [String]) throws(InstructionFailure) -> String {
        if program.contains("/") {
            let path = Path.isAbsolute(program) ? program : Path.join(stage.workingDirectory, program)
            guard FileSystem.exists(path) else {
                throw InstructionFailure("\(program), which is to run the command, is not in the image")
            }
            return path
        }
        let path = environment.first { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? ""
        for directory in path.split(separator: ":") {
            let candidate = Path.join(String(directory), program)
            if FileSystem.isRegularFile(candidate), FileSystem.isExecutable(candidate) { return candidate }
        }
        throw InstructionFailure("\(program), which is to run the command, is not in PATH (\(path))")
    }

    /// Writes a script where every user may run it.
    private func write(_ script: String) throws(InstructionFailure) -> String {
        do {
            let directory = try FileSystem.makeTemporaryDirectory(prefix: ".run-", in: scriptsDir)
            let path = Path.join(directory, "script")
            try FileSystem.writeFile(path, script, mode: 0o755)
            try FileSystem.chmod(path, 0o755)
            try FileSystem.chmod(directory, 0o755)
            return path
        } catch {
            throw InstructionFailure("\(error)")
        }
    }
}
