internal import CNBCore
internal import CPOSIX
internal import LaunchModel
internal import LaunchPOSIX

/// Builds the environment of a process and becomes it.
struct Launcher {
    var inputs: LaunchInputs
    var metadata: LaunchMetadata
    /// The launcher's own environment.
    var inherited: LaunchEnvironment
    /// What the launcher was called as: `$0` for profile scripts.
    var programName: RawPath
    var execD = ExecD()

    /// Makes the environment of a process, and changes to the app's directory for that.
    ///
    /// - Parameter processType: The type; empty for a user's own command.
    /// - Returns: The environment, and the layers that it came from.
    /// - Throws: What the app's directory, a layer or an exec.d program failed with.
    func prepare(processType: String) throws(LaunchError) -> (LaunchEnvironment, LaunchLayers) {
        do {
            try enter(inputs.appDir)
        } catch {
            throw .appDir(error)
        }
        var environment = LaunchEnvironment.launch(inheriting: inherited)
        let layers: LaunchLayers
        do {
            // From here on, so that a relative layers directory is taken relative to the app's.
            layers = try LaunchLayers(
                of: metadata.buildpacks,
                in: absolute(inputs.layersDir),
                changing: &environment,
                processType: processType
            )
        } catch {
            throw .environment(error)
        }
        for layer in layers.all {
            for program in try execDFiles(of: layer, processType) {
                try execD.run(program, changing: &environment)
            }
        }
        return (environment, layers)
    }

    private func execDFiles(of layer: LayerDirectory, _ processType: String) throws(LaunchError) -> [RawPath] {
        do {
            return try LaunchLayers.files(in: .execD, of: layer, processType: processType)
        } catch {
            throw .execDListing(error)
        }
    }

    /// Becomes the process; only returns by throwing.
    func launch(_ start: StartCommand) throws(LaunchError) -> Never {
        let (environment, layers) = try prepare(processType: start.type)
        if start.direct {
            try launchDirectly(start, environment)
        } else {
            try launchWithBash(start, environment, layers)
        }
    }

    // MARK: - Direct processes

    private func launchDirectly(_ start: StartCommand, _ environment: LaunchEnvironment) throws(LaunchError) -> Never {
        guard let name = start.command.first else { throw .emptyCommand(type: start.type) }
        // The program is looked up in the app's directory although it will run in its own.
        let program = try ProgramLookup.find(name, searchPath: environment.value(of: "PATH") ?? [])
        if !start.workingDirectory.bytes.isEmpty || !inputs.appDir.isAbsolute {
            do {
                try enter(start.workingDirectory.bytes.isEmpty ? inputs.appDir : start.workingDirectory)
            } catch {
                throw .workingDirectory(error)
            }
        }
        throw .directExec(execute(program, start.command + start.args, environment))
    }

    // MARK: - Shell processes

    private func launchWithBash(
        _ start: StartCommand,
        _ environment: LaunchEnvironment,
        _ layers: LaunchLayers
    ) throws(LaunchError) -> Never {
        let script = BashScript(
            profiles: try profiles(start.type, layers),
            workingDirectory: start.workingDirectory.bytes.isEmpty ? inputs.appDir : start.workingDirectory,
            argumentCount: start.args.count
        )
        let isKnown = metadata.buildpacks.contains { $0.id.hasSameBytes(as: start.buildpackID) }
        if !start.args.isEmpty, !start.buildpackID.isEmpty, !isKnown {
            throw .unknownBuildpack(type: start.type, id: start.buildpackID)
        }
        let command = [UInt8](start.command.joined(separator: CollectionOfOne(UInt8(ascii: " "))))
        let words = [[UInt8]("bash".utf8), [UInt8]("-c".utf8), script.text, programName.bytes, command] + start.args
        throw .bashExec(execute(RawPath(BashScript.interpreter), words, environment))
    }

    /// The profile scripts of the layers, then the app's own.
    private func profiles(_ processType: String, _ layers: LaunchLayers) throws(LaunchError) -> [RawPath] {
        do {
            var profiles: [RawPath] = []
            for layer in layers.all {
                profiles += try LaunchLayers.files(in: .profileD, of: layer, processType: processType)
            }
            let own: RawPath = ".profile"
            if try isThere(inputs.appDir.appending(own.bytes)) { profiles.append(own) }
            return profiles
        } catch {
            throw .profiles(error)
        }
    }

    /// Whether a path leads to something else than a directory.
    private func isThere(_ path: RawPath) throws(LaunchModelError) -> Bool {
        do {
            return try FileReading.exists(path) && !FileReading.isDirectory(path)
        } catch {
            throw .unreadable(error)
        }
    }

    // MARK: - System calls

    /// Replaces the launcher by a program; returns why it could not.
    private func execute(_ program: RawPath, _ words: [[UInt8]], _ environment: LaunchEnvironment) -> SystemError {
        let arguments = CStringArray(words)
        let variables = CStringArray(environment.entries)
        guard arguments.isExact, variables.isExact, !program.holdsNUL else {
            return SystemError(operation: "exec", path: program, code: EINVAL)
        }
        if inputs.staysAsInit { launcher_supervise() }
        _ = program.withCString { execve($0, arguments.pointer, variables.pointer) }
        return SystemError(operation: "exec", path: program, code: cposix_errno())
    }

    private func enter(_ directory: RawPath) throws(SystemError) {
        let code = directory.withCString { chdir($0) == 0 ? 0 : -cposix_errno() }
        if code != 0 { throw SystemError(operation: "chdir", path: directory, code: -code) }
    }

    /// The path from the root on, without detours.
    private func absolute(_ path: RawPath) throws(LaunchModelError) -> RawPath {
        if path.isAbsolute { return path.cleaned }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else {
            throw .unreadable(SystemError(operation: "getwd", path: ".", code: cposix_errno()))
        }
        let current = RawPath(bytes: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        return current.appending(path.bytes).cleaned
    }
}
