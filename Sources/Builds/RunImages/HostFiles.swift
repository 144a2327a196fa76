import Archive
import POSIX

/// The files of packages as entries of a layer: parents before children, all root's, with a user for the app.
struct HostFiles {
    private enum Entry {
        case directory(mode: UInt32)
        case file(source: String, mode: UInt32)
        case text(String)
        case link(String)
    }

    private var entries: [String: Entry] = [:]

    init(packages: DebianPackages?, names: [String]) {
        for name in names {
            for path in packages?.files(of: name) ?? [] { add(path) }
        }
        // Where /bin is a link to /usr/bin on this machine, it is one in the image.
        if !names.isEmpty {
            for name in ["bin", "lib", "lib64", "sbin"] {
                guard let target = try? FileSystem.readLink("/\(name)") else { continue }
                entries["/\(name)"] = .link(target)
                addDirectories("/" + target.drop { $0 == "/" })
            }
        }
        addOwn()
    }

    /// What every image has; engines look up root as well, whoever the image's user is.
    private mutating func addOwn() {
        addDirectories("/etc")
        entries["/etc/passwd"] = .text("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n")
        entries["/etc/group"] = .text("root:x:0:\napp:x:1000:\n")
        entries["/root"] = .directory(mode: 0o700)
        entries["/tmp"] = .directory(mode: 0o1777)
    }

    private mutating func add(_ path: String) {
        guard let place = Self.place(of: path), let status = try? FileSystem.linkStatus(path) else { return }
        addDirectories(Path.directory(place))
        switch status.type {
        case .directory: addDirectories(place)
        case .symlink:
            if let target = try? FileSystem.readLink(path) { entries[place] = .link(target) }
        case .regular:
            // What only root may read is no business of an app's.
            guard (try? OwnedDescriptor(opening: path)) != nil else { return }
            entries[place] = .file(source: path, mode: status.mode.rawValue & 0o755)
        default: break
        }
    }

    /// The path without links in its parents: `/lib/x` is `/usr/lib/x` where `/lib` is a link.
    private static func place(of path: String) -> String? {
        let parent = Path.directory(path)
        guard let real = try? FileSystem.realPath(parent) else { return nil }
        return Path.join(real, Path.base(path))
    }

    private mutating func addDirectories(_ path: String) {
        guard path != "/" else { return }
        addDirectories(Path.directory(path))
        if entries[path] == nil { entries[path] = .directory(mode: 0o755) }
    }

    /// The entries in the order in which a walk would meet them.
    var sources: [LayerEntrySource] {
        let paths = entries.keys.sorted { left, right in
            left.split(separator: "/").lexicographicallyPrecedes(right.split(separator: "/")) {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
        }
        return paths.compactMap { path in
            switch entries[path] {
            case .directory(let mode): .directory(path, mode: mode, owner: .root)
            case .file(let source, let mode): .file(path, from: source, mode: mode, owner: .root)
            case .text(let text): .bytes(path, Array(text.utf8), mode: 0o644, owner: .root)
            case .link(let target): .symbolicLink(path, target: target, mode: 0o777, owner: .root)
            case nil: nil
            }
        }
    }
}
