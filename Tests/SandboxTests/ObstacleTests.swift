import POSIX
import Testing

@testable import Sandbox

@Suite("What is in the way of isolation")
struct ObstacleTests {
    private static let owner = Owner(uid: 1000, gid: 1000)

    private static func facts(_ change: (inout MachineFacts) -> Void) -> MachineFacts {
        var facts = MachineFacts()
        facts.program = "/opt/slipway/bin/slipway"
        change(&facts)
        return facts
    }

    /// A failed step, what the machine says, and what stands behind it.
    struct Row: Sendable, CustomTestStringConvertible {
        var step: SetUpStep
        var error: POSIXError
        var isolation = Isolation.userNamespaces
        var facts: MachineFacts
        var obstacle: Obstacle

        var testDescription: String { "\(step) \(error): \(obstacle)" }
    }

    private static let unshare = POSIXError(.notPermitted, "unshare")
    private static let map = POSIXError(.notPermitted, "write", "/proc/self/uid_map")
    private static let mount = POSIXError(.permissionDenied, "mount", "/")

    private static let rows = [
        Row(
            step: .users,
            error: map,
            facts: facts { $0.appArmorRestricts = true },
            obstacle: .appArmor(program: "/opt/slipway/bin/slipway")
        ),
        Row(
            step: .namespaces,
            error: mount,
            facts: facts { $0.appArmorRestricts = true },
            obstacle: .appArmor(program: "/opt/slipway/bin/slipway")
        ),
        Row(
            step: .users,
            error: unshare,
            facts: facts { ($0.appArmorRestricts, $0.isFiltered) = (true, true) },
            obstacle: .seccomp(call: "unshare")
        ),
        Row(step: .users, error: unshare, facts: facts { $0.usersMayClone = false }, obstacle: .forbiddenToUsers),
        Row(step: .users, error: unshare, facts: facts { $0.isFiltered = true }, obstacle: .seccomp(call: "unshare")),
        Row(step: .users, error: unshare, facts: facts { $0.hasSELinux = true }, obstacle: .seLinux),
        Row(step: .users, error: unshare, facts: facts { _ in }, obstacle: .changedRoot),
        Row(
            step: .users,
            error: POSIXError(.invalidArgument, "unshare"),
            facts: facts { _ in },
            obstacle: .notInKernel
        ),
        Row(step: .users, error: POSIXError(.tooManyUsers, "unshare"), facts: facts { _ in }, obstacle: .limitReached),
        Row(step: .users, error: POSIXError(.noSpace, "unshare"), facts: facts { _ in }, obstacle: .limitReached),
        Row(
            step: .users,
            error: POSIXError(.noSpace, "unshare"),
            facts: facts { $0.zeroLimits = ["user.max_user_namespaces", "user.max_net_namespaces"] },
            obstacle: .limitIsZero(setting: "user.max_user_namespaces")
        ),
        Row(
            step: .namespaces,
            error: POSIXError(.noSpace, "unshare"),
            facts: facts { $0.zeroLimits = ["user.max_user_namespaces", "user.max_net_namespaces"] },
            obstacle: .limitIsZero(setting: "user.max_net_namespaces")
        ),
        Row(
            step: .namespaces,
            error: unshare,
            isolation: .rootNamespaces,
            facts: facts { $0.isRoot = true },
            obstacle: .missingCapability("cap_sys_admin")
        ),
        Row(
            step: .namespaces,
            error: mount,
            isolation: .rootNamespaces,
            facts: facts { ($0.isRoot, $0.capabilities, $0.profile) = (true, 1 << 21, "docker-default") },
            obstacle: .confined(profile: "docker-default")
        ),
        Row(
            step: .changeRoot,
            error: POSIXError(.notPermitted, "chroot"),
            isolation: .chroot,
            facts: facts { $0.isRoot = true },
            obstacle: .missingCapability("cap_sys_chroot")
        ),
        Row(
            step: .identity,
            error: POSIXError(.invalidArgument, "setuid", "1000:1000"),
            isolation: .rootNamespaces,
            facts: facts { $0.isRoot = true },
            obstacle: .unknownOwner(owner)
        ),
        Row(
            step: .mounts,
            error: POSIXError(.noSuchFile, "open", "/x"),
            facts: facts { $0.isFiltered = true },
            obstacle: .other(.mounts, POSIXError(.noSuchFile, "open", "/x"))
        ),
    ]

    @Test("a failed step is traced to what the machine says", arguments: rows)
    func diagnosis(row: Row) {
        #expect(Obstacle(row.step, row.error, row.isolation, Self.owner, row.facts) == row.obstacle)
    }

    @Test("AppArmor's rule comes with a profile to paste, for this program's path")
    func profile() throws {
        let remedy = try #require(Obstacle.appArmor(program: "/opt/slipway/bin/slipway").remedies.first)
        #expect(remedy.contains("sudo tee /etc/apparmor.d/slipway <<'END'\n"))
        #expect(remedy.contains("profile slipway \"/opt/slipway/bin/slipway\" flags=(unconfined) {\n  userns,\n"))
        #expect(remedy.hasSuffix("sudo apparmor_parser -r /etc/apparmor.d/slipway"))
    }

    @Test("each comes with something to do")
    func remedies() {
        let obstacles =
            Self.rows.map(\.obstacle) + [
                .notRoot, .hiddenProcesses, .notBuilder(missing: "/cnb"),
                .overlay(directory: "/store", reason: .onOverlay),
            ]
        for obstacle in obstacles { #expect(!obstacle.remedies.isEmpty, "\(obstacle)") }
        #expect(
            Obstacle.missingCapability("cap_sys_admin").remedies.first == "start the container with --cap-add SYS_ADMIN"
        )
    }
}
