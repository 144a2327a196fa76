import POSIX
import TestSupport
import Testing

@Suite("Broken fixtures", .enabled(if: ConformanceProduct.path != nil, "\(ConformanceProduct.comment)"))
struct FixtureErrorTests {
    private static let step = "[[step]]\nrun = \"detector\"\n"

    @Test(
        "are named with their line, and nothing is run",
        arguments: [
            ("[[step]]\nrun = \"detector\"\nexti = 20", "fixture.toml:11:8: unknown key exti"),
            ("[[step]]\nrun = \"detector\"\nexit = []", "fixture.toml:11:8: expected a number, a list"),
            ("[[step]]\nrun = \"detector\"\nexit = \"some\"", "fixture.toml:11:8: expected a number, a list"),
            ("[[step]]\nrun = \"a\"\nsh = \"b\"", "fixture.toml:11:6: expected run or sh, not both"),
            ("[[step]]\nrun = \"sh -c 'x y'\"", "fixture.toml:10:7: a command with quotes"),
            ("[[step]]\nrun = \"bin/detector\"", "fixture.toml:10:7: expected the name of a program"),
            ("[[step]]\ntitle = \"x\"", "expected run (a string or a list of strings) or sh"),
            ("[[step]]\nsh = \"@{any}\"", "fixture.toml:10:6: @{any} can only be expected"),
            ("[[step]]\nsh = \"@{nothing}\"", "fixture.toml:10:6: nothing is called @{nothing}"),
            (step + "absent = [\"/@{oops\"]", "fixture.toml:11:10: @{ without }"),
            (step + "[[step.file]]\npath = \"a\"", "fixture.toml:12:8: expected an absolute path"),
            (step + "[[step.file]]\npath = \"/a\"\nmode = \"rw\"", "fixture.toml:13:8: expected permissions"),
            (step + "[[step.file]]\npath = \"/a\"\ntype = \"pipe\"", "fixture.toml:13:8: expected one of file,"),
            (step + "[[step.file]]\npath = \"/a\"\nexactly = [\"a..b\"]", "fixture.toml:13:11: a..b is no key path"),
            (step + "[[step.image]]\nexists = false", "expected ref or layout"),
            (step + "[step.save]\nx = \"sum /a\"", "sum /a is nothing that can be saved"),
            (step + "[files]\n\"a\" = \"x\"", "fixture.toml:12:7: expected an absolute path"),
            (step + "[files]\n\"/a\" = { text = \"x\", dir = true }", "expected one of text, hex, symlink"),
            (step + "[order]\ngroups = [[\"acme/a\"]]", "fixture.toml:12:10: expected elements such as"),
            (step + "[[variant]]\nname = \"x\"\napis = \"1\"", "fixture.toml:13:8: expected versions such as"),
            ("", "missing tables step"),
            ("[[step]", "fixture.toml:9:8: "),
        ]
    )
    func body(body: String, message: String) throws {
        let folder = try FixtureFolder()
        try folder.fixture("broken", body)
        try folder.fixture("sound", Self.step)
        let result = try folder.run()
        #expect(result.status == .exited(2))
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(result.output.isEmpty)
        // The others can still be run.
        #expect(try folder.run("--run", "sound").status == .exited(1))
    }

    @Test(
        "have a wrong head",
        arguments: [
            ("apis = \"0.15-0.7\"", "fixture.toml:2:8: expected versions such as"),
            ("needs = [\"luck\"]", "fixture.toml:2:9: expected some of root, registry"),
            ("use = [\"nothing\"]", "there is no folder common/nothing"),
            ("colour = 1", "fixture.toml:2:10: unknown key colour"),
        ]
    )
    func head(head: String, message: String) throws {
        let folder = try FixtureFolder()
        try folder.fixture("broken", head: head, Self.step)
        let result = try folder.run()
        #expect(result.status == .exited(2))
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test(
        "and command lines that make no sense end with 2",
        arguments: [
            ["--lifecycle", "/nowhere"], ["--api", "0.3"], ["--format", "xml"], ["--run", "none*"], ["--frob"],
        ]
    )
    func usage(arguments: [String]) throws {
        let folder = try FixtureFolder()
        try folder.fixture("sound", Self.step)
        let program = try #require(ConformanceProduct.path)
        let lifecycle = ["--lifecycle", folder.directory.path("lifecycle")]
        let result = try runCommand([program] + lifecycle + arguments + [folder.directory.path("fixtures")])
        #expect(result.status == .exited(2))
        #expect(!result.errors.isEmpty)
    }
}
