import JSON
import POSIX
import TestSupport
import Testing

@Suite(
    "slipway where namespaces can't be had",
    .enabled(if: SlipwayPrograms.canBuild, "\(SlipwayPrograms.comment)"),
    .enabled(if: Conditions.isRoot && Conditions.commandExists("setpriv"), "needs root, to take rights away"),
    .timeLimit(.minutes(15))
)
struct IsolationKindTests {
    @Test("root builds in a chroot: the same image, and nothing left")
    func chroot() throws {
        let builder = try TestBuilder()
        let layout = try builder.smallBuilder([try builder.recorder()])
        let site = try SlipwaySite(.current)
        try site.directory.write("app/file", "text")
        func build(_ isolation: String) throws -> String {
            try site.succeed(
                "build",
                "app",
                "-t",
                "app",
                "--builder",
                "oci:\(layout):builder",
                "--run-image",
                "oci:\(layout):run",
                "--isolation",
                isolation,
                "--metadata-file",
                "result.json"
            )
        }
        let usual = try build("auto")
        try site.succeed("store", "rm", "app")
        #expect(try build("chroot") == usual)
        #expect(try site.metadata()["isolation"]?.stringValue == "chroot")
        #expect(try build("chroot") == usual)
        #expect(try site.metadata()["restored-layers"]?.texts == ["test/record:cached"])
        #expect(site.lastingLeftovers() == [])
    }

    @Test("in a job whose image is the builder, the builder's own root is used in place")
    func inPlace() throws {
        let job = try Job()
        let built = try job.run([
            "build", "/app", "-t", "app", "--run-image", "oci:/images:run", "-o", "oci:/tmp/image",
        ])
        try #require(built.status == .exited(0), "\(built.errors)")
        #expect(built.output.hasPrefix("app@sha256:"))
        #expect(built.errors.contains("isolation   in-place"), "\(built.errors)")
        #expect(built.errors.contains("user.max_user_namespaces"), "the obstacle is not named: \(built.errors)")
        let read = try runCommand(["skopeo", "inspect", "oci:\(job.root)/tmp/image"])
        #expect(read.output.contains("io.buildpacks.build.metadata"), "\(read.errors)")
    }

    @Test("a machine that is no builder says what is in the way, and what to do")
    func obstacle() throws {
        let job = try Job()
        try FileSystem.removeTree("\(job.root)/cnb")
        let result = try job.run(["build", "/app", "-t", "app", "--builder", "host"])
        #expect(result.status == .exited(125), "\(result.errors)")
        #expect(result.output.isEmpty)
        for text in ["user.max_user_namespaces", "help: "] { #expect(result.errors.contains(text), "\(result.errors)") }
        #expect(result.errors.contains("sysctl"), "no remedy: \(result.errors)")
    }
}

/// A container of a CI system, so to speak: the builder's root, in which the builder's user may make no namespaces.
private struct Job {
    let root: String
    private let builder: TestBuilder

    init() throws {
        builder = try TestBuilder()
        let layout = try builder.smallBuilder([try builder.recorder()])
        root = builder.directory.path("bundle/rootfs")
        let unpacked = try runCommand([
            "umoci", "unpack", "--image", "\(layout):builder", builder.directory.path("bundle"),
        ])
        try #require(unpacked.status == .exited(0), "\(unpacked.errors)")
        for name in ["app", "images"] { try FileSystem.makeDirectories("\(root)/\(name)") }
        try FileSystem.writeFile("\(root)/app/file", "text")
        let installed = Path.directory(Path.directory(try SlipwayPrograms.path()))
        for (source, target) in [(layout, "images"), (installed, "usr")] {
            let copied = try runCommand(["cp", "-r", "\(source)/.", "\(root)/\(target)"])
            try #require(copied.status == .exited(0), "\(copied.errors)")
        }
    }

    /// Runs `slipway` in the root, as the builder's user.
    func run(_ arguments: [String]) throws -> CommandResult {
        let inside = """
            mount --rbind /proc "$0/proc"
            mount --rbind /dev "$0/dev"
            echo 0 >/proc/sys/user/max_user_namespaces
            exec chroot --userspec=1001:1001 "$0" /bin/env -i HOME=/home/cnb PATH=/bin:/usr/bin /usr/bin/slipway "$@"
            """
        // The limit counts for the new namespace alone. It has all users of this one, as somebody outside has to say.
        let outside = """
            own=$(readlink /proc/self/ns/user)
            unshare --user --mount bash -euc \
                'until grep -q . /proc/self/gid_map; do sleep 0.01; done; exec bash -euc "$@"' - "$@" &
            until [ "$(readlink /proc/$!/ns/user)" != "$own" ]; do sleep 0.01; done
            for map in uid_map gid_map; do echo 0 0 65536 >/proc/$!/$map; done
            wait $!
            """
        return try runCommand(["bash", "-euc", outside, "-", inside, root] + arguments)
    }
}
