import CPOSIX
import POSIX

/// What this machine says about itself that explains why something is refused.
struct MachineFacts {
    /// The directory of the kernel's settings.
    private static let settings = "/proc/sys"

    /// `kernel.apparmor_restrict_unprivileged_userns`.
    var appArmorRestricts = false
    /// The profile of AppArmor that this process is confined by, if any.
    var profile: String?
    /// `kernel.unprivileged_userns_clone`; nil where the kernel has no such setting.
    var usersMayClone: Bool?
    /// The settings of `user.max_*_namespaces` that are 0.
    var zeroLimits: Set<String> = []
    /// Whether this process has a filter for system calls.
    var isFiltered = false
    /// Whether this process is in a changed root.
    var hasChangedRoot = false
    /// Whether SELinux enforces its rules.
    var hasSELinux = false
    /// Whether this process acts for user 0.
    var isRoot = false
    /// The rights that this process has, a bit each.
    var capabilities: UInt64 = 0
    /// The helper's real path.
    var program = ""

    /// The numbers of rights that matter.
    static let chroot: UInt64 = 18
    static let administration: UInt64 = 21

    func has(_ capability: UInt64) -> Bool { capabilities >> capability & 1 == 1 }

    init() {}

    /// Looks at this machine.
    /// - Parameter helperPath: The program that makes sandboxes.
    init(helperPath: String) {
        appArmorRestricts = Self.setting("kernel/apparmor_restrict_unprivileged_userns") == 1
        profile = Self.profile
        usersMayClone = Self.setting("kernel/unprivileged_userns_clone").map { $0 != 0 }
        for kind in ["user", "mnt", "pid", "ipc", "net", "uts"] where Self.setting("user/max_\(kind)_namespaces") == 0 {
            zeroLimits.insert("user.max_\(kind)_namespaces")
        }
        let status = (try? FileSystem.readText("/proc/self/status")) ?? ""
        for line in status.split(separator: "\n") {
            let value = line.split(separator: "\t").last ?? ""
            if line.hasPrefix("Seccomp:") { isFiltered = value != "0" }
            if line.hasPrefix("CapEff:") { capabilities = UInt64(value, radix: 16) ?? 0 }
        }
        isRoot = Users.isRoot
        hasSELinux = (try? FileSystem.readText("/sys/fs/selinux/enforce"))?.hasPrefix("1") ?? false
        let mounts = (try? FileSystem.readText("/proc/self/mountinfo")) ?? ""
        // A root that is no mount point is none that the machine was started with.
        hasChangedRoot =
            !mounts.isEmpty
            && !mounts.split(separator: "\n").contains { $0.split(separator: " ").dropFirst(4).first == "/" }
        program = (try? FileSystem.realPath(helperPath)) ?? helperPath
    }

    private static var profile: String? {
        // Without AppArmor the file can't be read.
        guard let text = try? FileSystem.readText("/proc/self/attr/apparmor/current") else { return nil }
        let name = String(text.prefix { $0 != " " && $0 != "\n" && $0 != "\0" })
        return name.isEmpty || name == "unconfined" ? nil : name
    }

    private static func setting(_ name: String) -> Int? {
        guard let text = try? FileSystem.readText("\(settings)/\(name)") else { return nil }
        return Int(text.prefix { $0.isNumber })
    }
}
