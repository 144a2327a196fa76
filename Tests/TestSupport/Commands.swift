public import POSIX

/// What a command did.
public struct CommandResult: Sendable {
    /// How it ended.
    public var status: ExitStatus
    /// What it wrote to standard output; bytes that are not UTF-8 are replaced.
    public var output: String
    /// What it wrote to standard error; bytes that are not UTF-8 are replaced.
    public var errors: String

    /// States what a command did.
    public init(status: ExitStatus, output: String, errors: String) {
        (self.status, self.output, self.errors) = (status, output, errors)
    }

    /// The lines of standard output.
    public var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
}

/// Runs a command to its end.
/// - Parameters:
///   - command: The program and its arguments; a name without slashes is looked up in `PATH`.
///   - environment: Variables on top of those of this process; nil removes one.
///   - workingDirectory: Where the command runs; nil for the directory of this process.
/// - Returns: What it did; a failure of the command is a result, too.
/// - Throws: When the program is missing or cannot be started.
public func runCommand(
    _ command: [String],
    environment: [String: String?] = [:],
    in workingDirectory: String? = nil
) throws(POSIXError) -> CommandResult {
    guard let name = command.first else { throw POSIXError(.invalidArgument, "fork/exec", "") }
    let program = name.contains("/") ? name : Conditions.commandPath(name)
    guard let program else { throw POSIXError(.noSuchFile, "fork/exec", name) }
    var variables = ProcessEnvironment.current
    for (name, value) in environment { variables[name] = value }
    let capture = try Subprocess.capture(
        SubprocessConfiguration(
            executable: program,
            arguments: Array(command.dropFirst()),
            environment: variables.map { "\($0.key)=\($0.value)" }.sorted(),
            workingDirectory: workingDirectory
        )
    )
    return CommandResult(
        status: capture.status,
        output: String(decoding: capture.output, as: UTF8.self),
        errors: String(decoding: capture.errors, as: UTF8.self)
    )
}
