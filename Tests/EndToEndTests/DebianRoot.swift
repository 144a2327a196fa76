import POSIX
import TestSupport

/// A root directory of Debian, made by debootstrap once and kept for later runs.
enum DebianRoot {
    /// The directory; nil where it can't be made.
    static let path: String? = {
        guard Conditions.isRoot, Conditions.commandExists("debootstrap") else { return nil }
        let home = ProcessEnvironment["XDG_CACHE_HOME"] ?? Path.join(ProcessEnvironment["HOME"] ?? "/root", ".cache")
        let parent = Path.join(home, "slipway-tests")
        let root = Path.join(parent, "debian-bookworm")
        if FileSystem.isDirectory(root) { return root }
        do {
            try FileSystem.makeDirectories(parent)
            let temporary = try FileSystem.makeTemporaryDirectory(prefix: ".debian-", in: parent)
            defer { try? FileSystem.removeTree(temporary) }
            let made = try runCommand(["bash", "-euc", script, "debian", temporary])
            guard made.status == .exited(0) else { return nil }
            try FileSystem.rename(Path.join(temporary, "root"), to: root)
            return root
        } catch {
            return nil
        }
    }()

    /// What a skipped test says.
    static let comment = "needs root, debootstrap, a Debian mirror, unshare, umoci, skopeo and docker-registry"

    private static let script = """
        timeout 400 debootstrap --variant=minbase bookworm "$1/root"
        rm -rf "$1"/root/var/cache/apt/*.bin "$1"/root/var/lib/apt/lists/* "$1"/root/var/cache/apt/archives/*.deb
        chroot "$1/root" useradd --create-home --uid 1000 cnb
        """
}
