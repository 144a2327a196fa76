import POSIX
import SlipwayCommands
import TestSupport

/// A run of the program within the tests' process: its exit code and what it wrote.
struct CommandRun {
    /// The exit code.
    var code: Int32
    /// What it wrote to standard output.
    var output: String
    /// What it wrote to standard error.
    var errors: String

    /// Runs the program.
    /// - Parameters:
    ///   - arguments: The arguments without the program's name.
    ///   - environment: All environment variables.
    /// - Throws: When there is no room for its output.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let directory = try TemporaryDirectory()
        let paths = (output: directory.path("output"), errors: directory.path("errors"))
        do {
            let output = try OwnedDescriptor(opening: paths.output, .replace)
            let errors = try OwnedDescriptor(opening: paths.errors, .replace)
            let program = SlipwayProgram(
                environment: environment,
                output: output.descriptor,
                errors: errors.descriptor
            )
            code = program.run(["slipway"] + arguments)
        }
        output = try FileSystem.readText(paths.output)
        errors = try FileSystem.readText(paths.errors)
    }

    /// Runs the program with arguments as a person types them, between spaces.
    /// - Parameters:
    ///   - line: The arguments without the program's name.
    ///   - environment: All environment variables.
    /// - Throws: When there is no room for its output.
    init(_ line: String, environment: [String: String] = [:]) throws {
        try self.init(line.split(separator: " ").map(String.init), environment: environment)
    }
}
