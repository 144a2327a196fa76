import Console
import Dockerfile
import OCI
import POSIX

extension DockerfileEngine {
    // MARK: - WORKDIR

    /// Applies a `WORKDIR`, which makes the directory where it is missing; it then belongs to the user in force.
    func setWorkingDirectory(_ instruction: DockerfileInstruction, _ stage: inout Stage) throws(InstructionFailure) {
        let text = try stage.expand(instruction.arguments.first ?? "", in: instruction)
        guard !text.isEmpty else { throw InstructionFailure("there is no directory") }
        let path = Path.isAbsolute(text) ? Path.clean(text) : Path.join(stage.workingDirectory, text)
        stage.config.workingDirectory = path
        let user = stage.config.user
        try perform(instruction, inputs: [path, user]) { () throws(InstructionFailure) in
            try makeDirectories(path, for: Accounts(root: settings.root).identity(user))
        }
    }

    private func makeDirectories(_ path: String, for user: Accounts.Identity) throws(InstructionFailure) {
        let disk = Path.join(settings.root, path)
        guard path != "/", !FileSystem.isDirectory(disk) else { return }
        try makeDirectories(Path.directory(path), for: user)
        do {
            try FileSystem.makeDirectory(disk, mode: 0o755)
            try FileSystem.chmod(disk, 0o755)
            try FileSystem.chown(disk, uid: user.uid, gid: user.gid)
        } catch {
            throw InstructionFailure("\(error)")
        }
    }

    // MARK: - RUN

    /// Applies a `RUN`.
    func run(_ instruction: DockerfileInstruction, _ stage: Stage) throws(InstructionFailure) {
        try checkMountFlags(instruction)
        let command = try RunCommand(instruction, shell: stage.config.shell)
        let texts = command.words + instruction.heredocs.flatMap { [$0.delimiter, $0.content] }
        try perform(instruction, inputs: stage.commandInputs(texts)) { () throws(InstructionFailure) in
            guard settings.root == "/" else {
                throw InstructionFailure("commands only run in the root of this process")
            }
            let execution = CommandRun(
                stage: stage,
                transientEnvironment: settings.transientEnvironment,
                scriptsDir: settings.cacheDir,
                logger: logger
            )
            let result = Result { () throws(InstructionFailure) in try execution.run(command) }
            try endLeftovers()
            try result.get()
            try checkMounts()
        }
    }

    /// Ends what a command leaves running: it would go on changing files.
    private func endLeftovers() throws(InstructionFailure) {
        do {
            for leftover in try Descendants.end() {
                logger.warn(
                    "The command has left process \(leftover.identifier) (\(leftover.command)) behind; it was ended"
                )
            }
        } catch {
            throw InstructionFailure("the command has left processes behind that can't be ended: \(error)")
        }
    }

    /// Refuses what a command can't do without, and says what it has to do without.
    private func checkMountFlags(_ instruction: DockerfileInstruction) throws(InstructionFailure) {
        for mount in instruction.flagValues("mount") {
            let type = mount.split(separator: ",").first { $0.hasPrefix("type=") }?.dropFirst(5) ?? "bind"
            guard type == "cache" || type == "tmpfs" else {
                throw InstructionFailure("--mount=\(mount): mounts of type \(type) can't be made here")
            }
            logger.warn("--mount=\(mount) has no effect: the command uses the image's own directory")
        }
        for flag in ["network", "security"] {
            guard let value = instruction.flag(flag), value != "default" else { continue }
            logger.warn("--\(flag)=\(value) has no effect: the command runs as this container does")
        }
        if let device = instruction.flag("device") {
            throw InstructionFailure("--device=\(device): devices can't be given to a command here")
        }
    }

    // MARK: - COPY and ADD

    /// Applies a `COPY` or `ADD`.
    func copy(
        _ instruction: DockerfileInstruction,
        _ stage: Stage,
        contextDir: String
    ) throws(InstructionFailure) {
        var words: [String] = []
        for word in instruction.arguments {
            // Words that announce here-documents are no text.
            words.append(word.hasPrefix("<<") && !instruction.isJSON ? word : try stage.expand(word, in: instruction))
        }
        var heredocs: [[UInt8]] = []
        for heredoc in instruction.heredocs {
            heredocs.append(Array(try stage.expand(heredoc, in: instruction).utf8))
        }
        func flag(_ name: String) throws(InstructionFailure) -> String? {
            try instruction.flag(name).map { value throws(InstructionFailure) in
                try stage.expand(value, in: instruction)
            }
        }
        let copy = try CopyInstruction(
            instruction,
            words: words,
            heredocs: heredocs,
            owner: flag("chown"),
            permissions: flag("chmod"),
            context: BuildContext(root: contextDir)
        )
        let place = [copy.destination, stage.workingDirectory, try flag("chown") ?? "", try flag("chmod") ?? ""]
        try perform(instruction, inputs: place + copy.identity()) { () throws(InstructionFailure) in
            try Copier(root: settings.root, workingDirectory: stage.workingDirectory, copy).run()
        }
    }
}
