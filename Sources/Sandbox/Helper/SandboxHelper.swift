import CPOSIX
import POSIX

/// This program as the child that makes a sandbox and runs a program in it.
///
/// A sandbox is made by a process of its own that is started like any other: the caller may have threads, of which a
/// forked child would have the locks but not the owners, and memory and descriptors that are no business of anything in
/// the sandbox. So each program that uses ``SandboxRunner`` is its helper too, and calls ``run(_:)`` before anything else
/// when its first argument is ``command``.
public enum SandboxHelper {
    /// The hidden first argument.
    public static let command = "__sandbox"

    /// Makes a sandbox and runs a program in it.
    /// - Parameter words: The arguments after the hidden one.
    /// - Returns: The exit code where there was no program.
    public static func run(_ words: [String]) -> Int32 {
        cposix_hold_signals()
        guard let request = SandboxRequest(words, variables: ProcessEnvironment.entries),
            cposix_fcntl(ReportPipe.number, F_SETFD, FD_CLOEXEC) == 0
        else {
            FileDescriptor.standardError.report("this is for the program's own use\n")
            return 2
        }
        cposix_close_from(ReportPipe.number + 1)
        let report = ReportPipe()
        do throws(SetUpFailure) {
            let status =
                request.isolation.hasNamespaces
                ? try NamespacedSandbox(request: request, report: report).run()
                : try PlainSandbox(request: request, report: report).run()
            SingleThreadedProcess.end(like: status)
        } catch {
            report.send(.failed(error.step, error.error))
            return 125
        }
    }
}
