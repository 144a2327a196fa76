internal import CNBCore
internal import LaunchModel
internal import LaunchPOSIX

/// The process that the launcher is to become: chosen, its arguments put together, the environment not yet looked at.
struct StartCommand: Equatable {
    /// The process type; empty for a user's own command.
    var type: String
    /// The program, and nothing else for direct processes; a shell takes the parts joined by blanks.
    var command: [[UInt8]]
    /// The arguments.
    var args: [[UInt8]]
    /// Whether the program is started without a shell.
    var direct: Bool
    /// The directory to run in; empty for the app's directory.
    var workingDirectory: RawPath
    /// The buildpack that the process comes from; empty for a user's own command.
    var buildpackID: String
}

extension StartCommand {
    /// A process of the metadata, with the arguments that are its own.
    init(_ process: LaunchProcess) {
        self.init(
            type: process.type,
            command: process.command.map { [UInt8]($0.utf8) },
            args: process.args.map { [UInt8]($0.utf8) },
            direct: process.direct,
            workingDirectory: RawPath(process.workingDirectory),
            buildpackID: process.buildpackID
        )
    }

    /// A user's own command: the program itself after `--`, something for a shell otherwise.
    static func userProvided(_ words: [[UInt8]]) throws(LaunchError) -> StartCommand {
        guard let first = words.first else { throw .noCommand }
        let direct = words.count > 1 && first.elementsEqual("--".utf8)
        let start = direct ? 1 : 0
        return StartCommand(
            type: "",
            command: [words[start]],
            args: [[UInt8]](words[(start + 1)...]),
            direct: direct,
            workingDirectory: RawPath(""),
            buildpackID: ""
        )
    }
}

/// Finds the process that a user means by the launcher's name and arguments.
struct ProcessSelection {
    var metadata: LaunchMetadata
    var platformAPI: PlatformAPI
    var execEnv: ExecEnv

    /// The processes that are meant for this execution environment.
    var eligibleProcesses: [LaunchProcess] {
        // Processes are filtered by the platform's version alone, whatever the buildpack's.
        guard platformAPI.supports(.executionEnvironments) else { return metadata.processes }
        return metadata.processes.filter { execEnv.isEligible($0.execEnv) }
    }

    /// Whether there is a process of a type, for whatever execution environment; no name is no type.
    func hasProcess(named name: some Collection<UInt8>) -> Bool {
        !name.isEmpty && metadata.processes.contains { name.elementsEqual($0.type.utf8) }
    }

    /// The process of a type without user arguments.
    func process(named name: some Collection<UInt8>) throws(LaunchError) -> LaunchProcess {
        guard let process = eligibleProcesses.first(where: { name.elementsEqual($0.type.utf8) }) else {
            throw .processNotFound(type: String(decoding: name, as: UTF8.self))
        }
        return process
    }

    /// What to start.
    ///
    /// - Parameters:
    ///   - programName: What the launcher was called as; its last path element may be a process type.
    ///   - words: The launcher's arguments.
    /// - Returns: The process with the user's arguments, or the user's own command.
    /// - Throws: Why there is nothing to start.
    func startCommand(programName: RawPath, words: [[UInt8]]) throws(LaunchError) -> StartCommand {
        let name = programName.lastComponent
        guard hasProcess(named: name) else { return try .userProvided(words) }
        return try startCommand(for: process(named: name), userArguments: words)
    }

    /// Puts a process's own arguments and the user's together.
    func startCommand(
        for process: LaunchProcess,
        userArguments: [[UInt8]]
    ) throws(LaunchError) -> StartCommand {
        var start = StartCommand(process)
        guard platformAPI.supports(.commandArrays) else {
            start.args += userArguments
            return start
        }
        if start.command.count > 1 {
            // Only newer buildpacks write such commands: what follows the program is always given, the rest is a default.
            let overridable = userArguments.isEmpty ? start.args : userArguments
            start.args = start.command[1...] + overridable
            start.command = [start.command[0]]
        } else if !userArguments.isEmpty {
            start.args = try replacesArguments(process) ? userArguments : start.args + userArguments
        }
        return start
    }

    private func replacesArguments(_ process: LaunchProcess) throws(LaunchError) -> Bool {
        guard let buildpack = metadata.buildpacks.first(where: { $0.id.hasSameBytes(as: process.buildpackID) }) else {
            throw .buildpackNotFound(type: process.type, id: process.buildpackID)
        }
        do {
            return try BuildpackAPI(buildpack.api).supports(.commandArrays)
        } catch {
            throw .buildpackAPI(id: buildpack.id, error)
        }
    }
}
