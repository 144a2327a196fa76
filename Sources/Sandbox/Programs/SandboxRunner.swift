public import POSIX

/// Runs programs in sandboxes of one kind.
///
/// The program that uses it is its helper as well, see ``SandboxHelper``. A sandbox ends with the thread that has started
/// it, also when that is killed; on SIGINT and SIGTERM it is ended by `Interruption`, where that is installed.
public struct SandboxRunner: Hashable, Sendable {
    /// How programs are isolated.
    public let isolation: Isolation
    /// The program that makes the sandboxes.
    public let helperPath: String

    /// Describes a runner, without any effect.
    /// - Parameters:
    ///   - isolation: How programs are isolated; ``IsolationProbe`` finds out which ways work here.
    ///   - helperPath: A program that calls ``SandboxHelper/run(_:)``; the running one by default.
    public init(_ isolation: Isolation, helperPath: String = "/proc/self/exe") {
        (self.isolation, self.helperPath) = (isolation, helperPath)
    }

    /// Runs a program to its end and hands its output over while it runs.
    /// - Parameters:
    ///   - program: What to run, and in which surroundings.
    ///   - unit: What is handed over at a time.
    ///   - output: Receives the output in the calling thread; of one stream in order.
    /// - Returns: How the program has ended.
    /// - Throws: When the sandbox can't be made, or the program not be run.
    public func run(
        _ program: SandboxedProgram,
        by unit: OutputUnit = .lines,
        output: (OutputStream, ArraySlice<UInt8>) -> Void
    ) throws(SandboxError) -> ExitStatus {
        let request = SandboxRequest(program, isolation)
        let (status, report) = try withReport(request) { configuration throws(POSIXError) in
            try Subprocess.run(configuration, by: unit, output: output)
        }
        return try Self.status(status, report)
    }

    /// Runs a program to its end, or until its time is up, and keeps its output.
    /// - Parameters:
    ///   - program: What to run, and in which surroundings.
    ///   - limits: How long it may run, and how much of its output is kept.
    /// - Returns: What it did.
    /// - Throws: When the sandbox can't be made, or the program not be run.
    public func capture(
        _ program: SandboxedProgram,
        limits: Subprocess.Limits
    ) throws(SandboxError) -> Subprocess.LimitedCapture {
        let request = SandboxRequest(program, isolation)
        var (result, report) = try withReport(request) { configuration throws(POSIXError) in
            try Subprocess.capture(configuration, limits: limits)
        }
        if !result.hasTimedOut { result.capture.status = try Self.status(result.capture.status, report) }
        return result
    }

    /// Starts a program that runs while the calling thread, which has to go on living, does something else.
    /// - Parameters:
    ///   - program: What to run, and in which surroundings.
    ///   - output: What the program gets as its standard output; the caller's copy may be closed afterwards.
    ///   - errors: What the program gets as its standard error.
    /// - Returns: The program, which is killed when its last owner goes away.
    /// - Throws: When the helper can't be started; all else is for ``RunningSandbox/wait()`` to tell.
    public func start(
        _ program: SandboxedProgram,
        output: FileDescriptor,
        errors: FileDescriptor
    ) throws(SandboxError) -> RunningSandbox {
        do throws(POSIXError) {
            let pipe = try Pipe()
            var configuration = configuration(SandboxRequest(program, isolation))
            configuration.thirdDescriptor = pipe.writeEnd.descriptor
            let process = try RunningProcess(configuration, output: output, errors: errors)
            return RunningSandbox(process, pipe.takeReadEnd(), graceMilliseconds: program.graceMilliseconds)
        } catch {
            throw .helper(error)
        }
    }

    /// Makes a sandbox in which nothing is run.
    /// - Returns: What is in the way; nil if nothing is.
    func trial(_ program: SandboxedProgram) throws(SandboxError) -> SandboxError? {
        let request = SandboxRequest(program, isolation, isTrial: true)
        let (capture, report) = try withReport(request) { configuration throws(POSIXError) in
            try Subprocess.capture(configuration, limits: Subprocess.Limits(milliseconds: 20_000, outputBytes: 4096))
        }
        do {
            _ = try Self.status(capture.capture.status, report)
            return nil
        } catch {
            return error
        }
    }

    // MARK: The helper

    private func configuration(_ request: SandboxRequest) -> SubprocessConfiguration {
        var configuration = SubprocessConfiguration(
            executable: helperPath,
            arguments: [SandboxHelper.command] + request.words,
            environment: request.variables,
            standardInput: request.program.standardInput,
            outlastsChild: false
        )
        configuration.endsWithParent = true
        return configuration
    }

    private func withReport<Result>(
        _ request: SandboxRequest,
        _ body: (SubprocessConfiguration) throws(POSIXError) -> Result
    ) throws(SandboxError) -> (Result, Report?) {
        do throws(POSIXError) {
            let pipe = try Pipe()
            var configuration = configuration(request)
            configuration.thirdDescriptor = pipe.writeEnd.descriptor
            let result = try body(configuration)
            let end = pipe.takeReadEnd()
            return (result, Report(try end.descriptor.readToEnd()))
        } catch {
            throw .helper(error)
        }
    }

    /// How the program has ended, by what the helper says; by the helper's own end if it couldn't say anything.
    static func status(_ status: ExitStatus, _ report: Report?) throws(SandboxError) -> ExitStatus {
        switch report {
        case nil:
            // It was killed, and the program with it; or this is no helper at all.
            if case .exited(let code) = status {
                let explanation = "it ended with exit status \(code) and has said nothing"
                throw .helper(POSIXError(.inputOutput, "ask", explanation: explanation))
            }
            return status
        case .ended(let status): return status
        case .failed(let step, let error): throw .failed(step, error)
        case .program(let error): throw .program(error)
        }
    }
}
