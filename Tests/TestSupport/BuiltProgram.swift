import POSIX

/// Programs of this package that were built with the tests.
public enum BuiltProgram {
    /// Where the tests' own bundle is, and where the program that runs them is.
    private static let directories = [
        Path.directory(CommandLine.arguments.first ?? ""),
        Path.directory((try? FileSystem.realPath("/proc/self/exe")) ?? ""),
    ]

    /// Finds a program.
    /// - Parameter name: The name of its target.
    /// - Returns: Its path; nil if it has not been built.
    public static func path(_ name: String) -> String? {
        directories.map { Path.join($0, name) }.first { FileSystem.isExecutable($0) }
    }
}
