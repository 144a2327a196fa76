import POSIX
import Sandbox
import TestSupport
import Testing

@Suite("Isolation without namespaces", .enabled(if: Conditions.isRoot, "takes root"), .timeLimit(.minutes(2)))
struct PlainIsolationTests {
    /// A shell and what it is linked with, as words for the helper.
    private static func shell() throws -> [String] {
        let lines = try runCommand(["ldd", "/bin/sh"]).lines
        let libraries = lines.flatMap { $0.split(whereSeparator: \.isWhitespace) }.filter { $0.hasPrefix("/") }
        return ["/bin/sh:/bin/sh"] + libraries.map { "\($0):\($0)" }
    }

    /// What containers without privileges do: no namespaces; and mostly no mounts.
    private static let filters = ["all", "mounts"]

    private static func run(_ filter: String, _ root: String, _ script: String, _ mounts: [String]) throws
        -> CommandResult
    {
        let helper = [SandboxFixture.helperPath, "run", "chroot", "1000:1000", root, script]
        return try runCommand([SandboxFixture.filterPath, filter] + helper + mounts)
    }

    @Test("root gets a chroot where namespaces are forbidden", arguments: filters)
    func ladder(filter: String) throws {
        let result = try runCommand([
            SandboxFixture.filterPath, filter, SandboxFixture.helperPath, "choose", "auto", "1000:1000",
        ])
        #expect(
            result.output == """
                chroot
                root-namespaces: the container's seccomp filter forbids unshare
                user-namespaces: the container's seccomp filter forbids unshare

                """
        )
    }

    @Test("a program runs in a root that mounts would be shown in", arguments: filters)
    func chroot(filter: String) throws {
        let directory = try SandboxFixture.openDirectory()
        let root = try directory.makeDirectory("root")
        let layers = try SandboxFixture.writableDirectory("root/layers", in: directory)
        try directory.write("buildpack/bin/build", "the buildpack")
        let script = """
            read text </cnb/buildpacks/b/1/bin/build; echo "$text"; [ -c /dev/null ] && : >/dev/null && echo devices
            [ -e /etc ] || echo nothing else; echo x >/layers/file; : >/tmp/file
            echo x >/cnb/buildpacks/b/1/bin/build || exit 4
            """
        let mounts = try Self.shell() + ["\(directory.path("buildpack")):/cnb/buildpacks/b/1", "\(layers):/layers:rw"]
        let result = try Self.run(filter, root, script, mounts)
        #expect(result.output == "the buildpack\ndevices\nnothing else\n", "\(result)")
        #expect(result.status == .exited(4))
        #expect(try FileSystem.status("\(layers)/file").uid == 1000)
        #expect(try FileSystem.readText(directory.path("buildpack/bin/build")) == "the buildpack")
        #expect(try !FileSystem.readText("/proc/self/mountinfo").contains(root))
    }

    @Test("a directory to write to has to be at its place where nothing can be mounted")
    func elsewhere() throws {
        let directory = try SandboxFixture.openDirectory()
        let root = try directory.makeDirectory("root")
        let layers = try SandboxFixture.writableDirectory("layers", in: directory)
        let mounts = try Self.shell() + ["\(layers):/layers:rw"]
        let refused = try Self.run("mounts", root, "true", mounts)
        #expect(refused.status == .exited(125))
        #expect(refused.errors.contains("has to be at its place in the root already"), "\(refused)")
        let mounted = try Self.run("all", root, "echo x >/layers/file", mounts)
        #expect(mounted.status == .exited(0), "\(mounted)")
        #expect(FileSystem.exists(directory.path("layers/file")))
        #expect(try !FileSystem.readText("/proc/self/mountinfo").contains(root))
    }

    @Test(
        "where the root is a builder, programs run in place",
        .enabled(if: !SandboxFixture.isolations.isEmpty, SandboxFixture.comment)
    )
    func inPlace() throws {
        let directory = try SandboxFixture.openDirectory()
        let lifecycle = try directory.makeDirectory("lifecycle")
        try directory.write("order.toml", "")
        let layers = try SandboxFixture.writableDirectory("layers", in: directory)
        func run(_ words: String) throws -> CommandResult {
            var program = SandboxFixture.script(
                "\(SandboxFixture.filterPath) users \(SandboxFixture.helperPath) \(words)"
            )
            program.mounts += [
                // The checkout may be below /tmp, which the sandbox has one of its own of.
                .bind(SandboxFixture.filterPath), .bind(SandboxFixture.helperPath),
                .bind(lifecycle, at: "/cnb/lifecycle"), .bind(directory.path("order.toml"), at: "/cnb/order.toml"),
                .bind(layers, at: "/layers", isReadOnly: false),
            ]
            return try SandboxFixture.run(program, SandboxFixture.isolations[0])
        }
        let chosen = try run("choose auto 1000:1000")
        #expect(chosen.output.hasPrefix("in-place\n"), "\(chosen)")
        let ran = try run("run in-place 1000:1000 - 'id -u; echo x >/layers/file' /layers:/layers:rw")
        #expect(ran.output == "1000\n", "\(ran)")
        #expect(FileSystem.exists("\(layers)/file"))
        let moved = try run("run in-place 1000:1000 - true /layers:/workspace:rw")
        #expect(moved.errors.contains("mount /layers /workspace: "), "\(moved)")
    }
}
