import POSIX
import TestSupport
import Testing

@testable import Sandbox

@Suite("Subordinate ids", .timeLimit(.minutes(1)))
struct SubordinateIDTests {
    private static let accounts = "root:x:0:0:root:/root:/bin/sh\nann:x:1001:1001::/home/ann:/bin/sh\nbroken\n"

    /// Lines of /etc/subuid, and what they give to user 1001, who is ann.
    @Test(
        "are read by name and number, the largest row of them",
        arguments: [
            ("ann:100000:65536\n", SubordinateIDs.Row(first: 100_000, count: 65_536)),
            ("1001:200000:10\nann:300000:11\nbob:1:99999\n", SubordinateIDs.Row(first: 300_000, count: 11)),
            ("", nil), ("annabel:1:2\n", nil), ("ann:1\n", nil), ("ann:x:1\n", nil), ("ann:4294967295:65536\n", nil),
            ("ann:5:0\n", nil),
        ]
    )
    func rows(text: String, row: SubordinateIDs.Row?) {
        #expect(SubordinateIDs.row(in: text, of: 1001, Self.accounts) == row)
    }

    private static let hasFiles =
        Conditions.isRoot && FileSystem.exists("/etc/subuid") && FileSystem.exists("/etc/subgid")
    private static let hasMappers =
        hasFiles && SandboxFixture.isolations.contains(.userNamespaces)
        && ["newuidmap", "newgidmap"].allSatisfy { Conditions.commandExists($0) }

    /// Runs a script as an ordinary user to whom a file gives ids.
    private static func run(_ subordinates: String, _ script: String) throws -> CommandResult {
        let directory = try SandboxFixture.openDirectory()
        let file = try directory.write("sub", subordinates)
        let helper = "\(SandboxFixture.helperPath) run user-namespaces 0:0 - \"$0\" ids"
        let user = SandboxFixture.asUser([]).joined(separator: " ")
        let mounts = ["/etc/subuid", "/etc/subgid"].map { "mount --bind \(file) \($0)" }
        return try runCommand(
            ["unshare", "--mount", "sh", "-c", (mounts + ["exec \(user) \(helper)"]).joined(separator: " && "), script]
        )
    }

    @Test(
        "let a user's sandbox have more users than one",
        .enabled(if: hasMappers, "takes root, newuidmap and newgidmap")
    )
    func manyUsers() throws {
        let script = """
            id -u; touch /tmp/x && chown 42:43 /tmp/x && stat -c %u:%g /tmp/x; setpriv --reuid 7 --regid 7 --groups 8,9 id -G
            umount /tmp 2>/dev/null && echo taken off; chown 65537 /tmp/x 2>/dev/null || echo no such user
            """
        let result = try Self.run("65534:100000:65536\n", script)
        #expect(result.output == "0\n42:43\n7 8 9\nno such user\n", "\(result)")
    }

    @Test("that are missing are named", .enabled(if: hasFiles, "takes root and /etc/subuid"))
    func missing() throws {
        let result = try Self.run("somebody:1:2\n", "true")
        #expect(result.errors == "/etc/subuid and /etc/subgid give no ids to nobody\n", "\(result)")
    }
}
