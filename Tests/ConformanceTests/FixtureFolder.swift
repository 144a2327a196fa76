import POSIX
import TestSupport
import Testing

/// The program under test.
enum ConformanceProduct {
    static let path = BuiltProgram.path("cnb-conformance")
    static let comment = "needs cnb-conformance"
}

/// A folder of fixtures and a lifecycle of shell scripts.
struct FixtureFolder {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        // For runs as another user.
        try FileSystem.chmod(directory.path, 0o755)
        try directory.makeDirectory("lifecycle")
        try directory.makeDirectory("fixtures")
    }

    /// Writes a program of the lifecycle.
    func program(_ name: String, _ script: String) throws {
        try directory.write("lifecycle/\(name)", "#!/bin/sh\n\(script)\n", mode: 0o755)
    }

    /// Writes a fixture.
    func fixture(_ name: String, keyword: String = "MUST", head: String = "", _ body: String) throws {
        let text = """
            title = "the title of \(name)"
            \(head)
            [clause]
            id = "platform.\(name)"
            document = "platform.md"
            section = "a section"
            link = "https://example.org/\(name)"
            keyword = "\(keyword)"
            \(body)
            """
        try directory.write("fixtures/\(name)/fixture.toml", text)
    }

    /// Runs the program over the fixtures.
    func run(_ arguments: String..., as user: String? = nil) throws -> CommandResult {
        let program = try #require(ConformanceProduct.path)
        let command = [program, "--lifecycle", directory.path("lifecycle")] + arguments + [directory.path("fixtures")]
        guard let user else { return try runCommand(command) }
        return try runCommand(["setpriv", "--reuid", user, "--regid", user, "--clear-groups"] + command)
    }
}
