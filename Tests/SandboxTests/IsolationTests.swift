import POSIX
import Sandbox
import TestSupport
import Testing

@Suite("Isolation where something is forbidden", .timeLimit(.minutes(2)))
struct IsolationTests {
    private static let hasSetpriv = Conditions.isRoot && Conditions.commandExists("setpriv")
    private static let usersMay = hasSetpriv && SandboxFixture.isolations.contains(.userNamespaces)

    private static func choose(_ prefix: [String], _ choice: String = "auto", _ owner: String = "1000:1000") throws
        -> CommandResult
    {
        try runCommand(prefix + [SandboxFixture.helperPath, "choose", choice, owner])
    }

    // MARK: As an ordinary user

    @Test(
        "an ordinary user's build runs as 1000, and its files are the user's",
        .enabled(if: usersMay, "takes root and user namespaces")
    )
    func ordinaryUser() throws {
        let directory = try SandboxFixture.openDirectory()
        let layers = try SandboxFixture.writableDirectory("layers", in: directory)
        let script = "id -u; id -g; echo x >/layers/f; stat -c %u:%g /layers/f; touch /etc/x || exit 7"
        let command = [
            SandboxFixture.helperPath, "run", "user-namespaces", "1000:1000", "-", script, "\(layers):/layers:rw",
        ]
        let result = try runCommand(SandboxFixture.asUser(command))
        #expect(result.output == "1000\n1000\n1000:1000\n", "\(result)")
        #expect(result.status == .exited(7))
        let status = try FileSystem.status(directory.path("layers/f"))
        #expect(status.uid == 65534 && status.gid == 65534)
    }

    @Test("user namespaces are what an ordinary user gets", .enabled(if: usersMay, "takes root and user namespaces"))
    func ladderOfUser() throws {
        let result = try Self.choose(SandboxFixture.asUser([]))
        #expect(result.output == "user-namespaces\nroot-namespaces: it takes root\n")
    }

    // MARK: Obstacles

    @Test("a container's filter is named", .enabled(if: hasSetpriv, "takes root"))
    func seccomp() throws {
        let result = try Self.choose(SandboxFixture.asUser([SandboxFixture.filterPath, "users"]))
        #expect(
            result.output == """
                root-namespaces: it takes root
                user-namespaces: the container's seccomp filter forbids unshare
                chroot: it takes root
                in-place: the current root is no builder: /cnb/lifecycle is missing

                """
        )
        #expect(result.status == .exited(1))
    }

    @Test("a setting of 0 is named", .enabled(if: hasSetpriv && usersMay, "takes root and user namespaces"))
    func noUserNamespaces() throws {
        let script =
            "echo 0 >/proc/sys/user/max_user_namespaces && exec \(SandboxFixture.helperPath) choose namespaces 1000:1000"
        let result = try runCommand(
            SandboxFixture.asUser(["unshare", "--user", "--map-root-user", "sh", "-c", script])
        )
        #expect(
            result.output == """
                root-namespaces: there is no user and group 1000:1000 in this user namespace
                user-namespaces: user.max_user_namespaces is 0: no such namespaces are allowed

                """,
            "\(result)"
        )
    }

    @Test(
        "a chroot is named, in which the kernel allows no user namespaces",
        .enabled(if: usersMay, "takes root and user namespaces")
    )
    func chrooted() throws {
        let directory = try SandboxFixture.openDirectory()
        let root = try directory.makeDirectory("root")
        let user = SandboxFixture.asUser([]).joined(separator: " ")
        let script =
            "mount --rbind / \(root) && exec chroot \(root) \(user) \(SandboxFixture.helperPath) choose namespaces 1000:1000"
        let result = try runCommand(["unshare", "--mount", "sh", "-c", script])
        #expect(result.output.contains("user-namespaces: this process is in a chroot"), "\(result)")
    }

    @Test("a /proc with hidden parts is shown as it is", .enabled(if: usersMay, "takes root and user namespaces"))
    func hiddenProcesses() throws {
        let store = try SandboxFixture.openDirectory()
        _ = try SandboxFixture.writableDirectory("store", in: store)
        let helper = SandboxFixture.helperPath
        let user = SandboxFixture.asUser([]).joined(separator: " ")
        let mask = "mount -t tmpfs tmpfs /proc/irq && "
        let checks = "exec \(user) \(helper) checks 1000:1000 \(store.path("store"))"
        let result = try runCommand(["unshare", "--mount", "sh", "-c", mask + checks])
        #expect(result.output.contains("ok user namespaces: programs can run as 1000:1000\n"), "\(result)")
        #expect(result.output.contains("FAILED proc: parts of /proc are hidden"))
        #expect(result.output.contains("systempaths=unconfined"))

        // The processes of the machine are there to be seen then, but not what they keep to themselves.
        let script = "cat /proc/self/comm; cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -c ^SECRET="
        let run = "exec \(user) \(helper) run user-namespaces 1000:1000 - \"$0\""
        let program = try runCommand(
            ["unshare", "--mount", "sh", "-c", mask + run, script],
            environment: ["SECRET": "1"]
        )
        #expect(program.output == "cat\n0\n", "\(program)")
    }

    @Test("an overlay on an overlay is named", .enabled(if: usersMay, "takes root and user namespaces"))
    func overlayOnOverlay() throws {
        let directory = try SandboxFixture.openDirectory()
        for name in ["l", "u", "w", "m"] { _ = try SandboxFixture.writableDirectory(name, in: directory) }
        let user = SandboxFixture.asUser([]).joined(separator: " ")
        let script = """
            cd \(directory.path) && mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m && chmod 777 m && \
            exec \(user) \(SandboxFixture.helperPath) checks 1000:1000 \(directory.path)/m
            """
        let result = try runCommand(["unshare", "--mount", "sh", "-c", script])
        #expect(result.output.contains("FAILED overlay: "), "\(result)")
        #expect(result.output.contains("it lies on an overlay itself"))
        #expect(try FileSystem.list(directory.path("u")).isEmpty)
        Leftovers.remove(directory.path("w"))
    }

    @Test("a store on an ordinary disk is fine", .enabled(if: usersMay, "takes root and user namespaces"))
    func checks() throws {
        let directory = try SandboxFixture.openDirectory()
        let store = try SandboxFixture.writableDirectory("store", in: directory)
        let result = try runCommand(SandboxFixture.asUser([SandboxFixture.helperPath, "checks", "1000:1000", store]))
        #expect(
            result.lines.map { $0.prefix { $0 != ":" } } == ["ok user namespaces", "ok proc", "ok overlay", ""],
            "\(result)"
        )
        #expect(try FileSystem.list(store).isEmpty)
    }
}
