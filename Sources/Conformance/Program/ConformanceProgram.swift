import Console
import POSIX

/// `cnb-conformance` over fixtures: judges a lifecycle.
public enum ConformanceProgram {
    /// Runs the program.
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The exit status: 0 when all is as expected, 1 when not, 2 for a mistake in usage or in a fixture.
    public static func run(_ arguments: [String]) -> Int32 {
        let output = FileDescriptor.standardOutput
        let errors = FileDescriptor.standardError
        do throws(UsageError) {
            let options = try RunOptions(arguments)
            let library = FixtureLibrary(root: options.fixtures)
            if options.checks { return ClauseCheck(library).run(output, errors) }
            return SuiteRun(options, library).run(output, errors)
        } catch {
            errors.report(error.isHelp ? RunOptions.table.usage : "cnb-conformance: \(error.reason)\n")
            return error.isHelp ? 0 : 2
        }
    }
}
