extension Obstacle {
    /// What somebody can do about it, the most fitting first; each a sentence or commands to paste.
    public var remedies: [String] {
        switch self {
        case .appArmor(let program): Self.appArmor(program)
        case .confined: ["start the container with --security-opt apparmor=unconfined", Self.inBuilder]
        case .forbiddenToUsers:
            ["allow them: sudo sysctl -w kernel.unprivileged_userns_clone=1", Self.asRoot, Self.inBuilder]
        case .limitIsZero(let setting):
            ["allow some: sudo sysctl -w \(setting)=15000", Self.asRoot, Self.inBuilder]
        case .limitReached:
            ["end other sandboxes and containers, or raise user.max_user_namespaces", Self.asRoot, Self.inBuilder]
        case .notInKernel: [Self.asRoot, Self.inBuilder]
        case .seccomp:
            [
                "start the container without its filter: --security-opt seccomp=unconfined; in Kubernetes "
                    + "securityContext.seccompProfile.type: Unconfined",
                Self.inBuilder,
                "run as root in the container, which then can use chroot",
            ]
        case .changedRoot: ["run outside of the chroot", Self.asRoot, Self.inBuilder]
        case .seLinux:
            [
                "start the container with --security-opt label=disable", "look at: ausearch -m avc -ts recent",
                Self.inBuilder,
            ]
        case .notRoot: ["run as root, for instance with sudo"]
        case .missingCapability(let name):
            ["start the container with --cap-add \(name.uppercased().replacingPrefix("CAP_"))", Self.inBuilder]
        case .unknownOwner(let owner):
            [
                "run as \(owner), or choose ids that are in /proc/self/uid_map and gid_map",
                "run outside of the user namespace", Self.inBuilder,
            ]
        case .noSubordinateIDs(let user):
            [
                "give it some: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(user)",
                Self.asRoot,
            ]
        case .noMapper: ["install it: sudo apt install uidmap, or sudo dnf install shadow-utils", Self.asRoot]
        case .notBuilder: [Self.inBuilder]
        case .hiddenProcesses:
            [
                "start the container with --security-opt systempaths=unconfined; in Kubernetes procMount: Unmasked "
                    + "and hostUsers: false"
            ]
        case .overlay(let directory, _):
            [
                "put the store on another disk, or on a volume: \(directory) has to be on a local file system such as ext4, "
                    + "xfs or btrfs, or in memory"
            ]
        case .other: [Self.asRoot, Self.inBuilder]
        }
    }

    private static let asRoot = "run as the machine's own root, not that of a user namespace"
    private static let inBuilder = "run in the builder image itself, in place"

    private static func appArmor(_ program: String) -> [String] {
        let name = program.split(separator: "/").last.map(String.init) ?? "slipway"
        let profile = """
            sudo tee /etc/apparmor.d/\(name) <<'END'
            abi <abi/4.0>,
            include <tunables/global>
            profile \(name) "\(program)" flags=(unconfined) {
              userns,
              include if exists <local/\(name)>
            }
            END
            sudo apparmor_parser -r /etc/apparmor.d/\(name)
            """
        return [
            "allow them to this program:\n\(profile)",
            "allow them to all: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
            asRoot,
        ]
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
