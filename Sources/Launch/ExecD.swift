internal import CNBCore
internal import CPOSIX
internal import LaunchModel
internal import LaunchPOSIX
internal import TOML

/// Runs programs that layers bring along to find out variables at launch time.
struct ExecD {
    /// Where the programs' standard output goes; negative for the launcher's own.
    var standardOutput: Int32 = -1

    /// Runs a program and takes over the variables that it writes to descriptor 3.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - environment: What the program sees, and what it changes.
    /// - Throws: ``LaunchError/execDFailed(path:reason:)`` or ``LaunchError/execDOutput(path:_:)``.
    func run(_ path: RawPath, changing environment: inout LaunchEnvironment) throws(LaunchError) {
        let output = try self.output(of: path, environment)
        do {
            for (name, value) in try Self.variables(output) { environment[name] = value }
        } catch {
            throw .execDOutput(path: path.description, error)
        }
    }

    /// Reads what a program has written: a table of strings.
    static func variables(_ output: [UInt8]) throws(TOMLError) -> [(name: String, value: String)] {
        let table = try TOMLDocument.parse(output, file: "")
        var variables: [(name: String, value: String)] = []
        for (name, value) in table {
            guard let text = value.stringValue else {
                throw table.error("expected a string, found \(value.typeName)", at: name)
            }
            variables.append((name: name, value: text))
        }
        return variables
    }

    private func output(of path: RawPath, _ environment: LaunchEnvironment) throws(LaunchError) -> [UInt8] {
        func failure(_ reason: String) -> LaunchError {
            .execDFailed(path: path.description, reason: reason)
        }
        var ends: [Int32] = [-1, -1]
        guard cposix_pipe(&ends) == 0 else { throw failure("pipe: \(SystemError.reason(for: cposix_errno()))") }
        defer { _ = close(ends[0]) }
        let child: pid_t
        do {
            defer { _ = close(ends[1]) }
            child = try start(path, environment, writingTo: ends[1])
        }
        let output = Result { () throws(SystemError) in
            try FileReading.contents(of: ends[0], path: path, limit: FileLimit.execD)
        }
        if let problem = wait(for: child) { throw failure(problem) }
        do {
            return try output.get()
        } catch {
            throw failure(error.description)
        }
    }

    private func start(
        _ path: RawPath,
        _ environment: LaunchEnvironment,
        writingTo descriptor: Int32
    ) throws(LaunchError) -> pid_t {
        // Nothing to read, as the launcher's own input belongs to the process. An image may lack the device.
        let input = cposix_openat(AT_FDCWD, "/dev/null", O_RDONLY, 0)
        defer { if input >= 0 { _ = close(input) } }
        var child: pid_t = 0
        var step = CPOSIX_SPAWN_PREPARE
        let program = CStringArray([path.bytes])
        let variables = CStringArray(environment.entries)
        let code: Int32 =
            program.isExact && variables.isExact
            ? path.withCString { pathPointer in
                var request = cposix_spawn_request()
                request.path = pathPointer
                request.arguments = UnsafePointer(program.pointer)
                request.environment = UnsafePointer(variables.pointer)
                request.standard_input = input
                request.standard_output = standardOutput
                request.standard_error = -1
                request.descriptor_3 = descriptor
                return cposix_spawn(&request, &child, &step)
            }
            : EINVAL
        guard code == 0 else {
            throw .execDFailed(
                path: path.description,
                reason: "fork/exec \(path): \(SystemError.reason(for: code))"
            )
        }
        return child
    }

    /// Waits for a child; nil when all went well.
    private func wait(for child: pid_t) -> String? {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            let code = cposix_errno()
            if code != EINTR { return "wait: \(SystemError.reason(for: code))" }
        }
        if cposix_wait_exited(status) != 0 {
            let code = cposix_wait_exit_status(status)
            return code == 0 ? nil : "exit status \(code)"
        }
        return "signal: \(SignalName.of(cposix_wait_signal(status)))"
    }
}
