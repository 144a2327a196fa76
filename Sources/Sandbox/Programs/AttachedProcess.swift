import POSIX

/// The runner's own program as a child that becomes another one, which ends when the runner does, however that ends.
public enum AttachedProcess {
    /// The hidden first argument of the runner.
    public static let command = "__attached"

    /// Becomes the program.
    /// - Parameter words: The program's path and its arguments.
    /// - Returns: Never, but for a failure.
    public static func run(_ words: [String]) -> Int32 {
        guard let program = words.first else { return 2 }
        try? SingleThreadedProcess.dieWithParent()
        let error = SingleThreadedProcess.become(program, arguments: words, environment: ProcessEnvironment.entries)
        FileDescriptor.standardError.report("\(error)\n")
        return 127
    }
}
