import POSIX

/// What every case sees of this machine, found once.
public struct HostTree: Sendable {
    /// Directories and files of the machine that appear in the case's tree.
    private(set) var mounts: [Mount] = []
    /// Links of the machine's root that are made again, with their targets.
    private(set) var links: [(path: String, target: String)] = []
    /// Directories that the mounts need.
    private(set) var directories: [String] = []
    /// Small files of each case's own `/etc`.
    private(set) var texts: [(path: String, bytes: [UInt8])] = []

    /// Looks at this machine.
    /// - Parameter lifecycle: The directory that becomes `/cnb/lifecycle`.
    public init(lifecycle: String) {
        let names = ((try? FileSystem.list("/")) ?? []).map(\.name)
        for name in names where ["bin", "gnu", "nix", "sbin", "usr"].contains(name) || name.hasPrefix("lib") {
            addDirectory("/\(name)")
        }
        for path in ["/etc/alternatives", "/etc/ssl"] { addDirectory(path) }
        mounts += [Mount(.devices, at: "/dev"), Mount(.processes(isOwnRequired: false), at: "/proc")]
        directories += ["/cnb/lifecycle"]
        mounts.append(.bind(lifecycle, at: "/cnb/lifecycle"))
        addTexts()
    }

    private mutating func addDirectory(_ path: String) {
        guard let status = try? FileSystem.linkStatus(path) else { return }
        if status.isSymlink {
            if let target = try? FileSystem.readLink(path) { links.append((path, target)) }
        } else if status.isDirectory {
            directories.append(path)
            mounts.append(.bind(path))
        }
    }

    private mutating func addTexts() {
        let own = [
            ("passwd", "root:x:0:0:root:/root:/bin/sh\ncnb:x:1000:1000::/home/cnb:/bin/sh\n"),
            ("group", "root:x:0:\ncnb:x:1000:\n"),
            ("hosts", "127.0.0.1 localhost\n::1 localhost\n"),
            ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
        ]
        texts = own.map { ("/etc/\($0.0)", Array($0.1.utf8)) }
        for name in ["resolv.conf", "ld.so.cache", "ld.so.conf", "localtime"] {
            guard FileSystem.isRegularFile("/etc/\(name)"), let bytes = try? FileSystem.readFile("/etc/\(name)") else {
                continue
            }
            texts.append(("/etc/\(name)", bytes))
        }
    }
}
