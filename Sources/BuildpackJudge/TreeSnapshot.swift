import Archive
import POSIX

/// What is in a directory at some moment.
struct TreeSnapshot {
    /// What is known of a file or directory.
    struct Entry: Hashable {
        var type: FileType
        var mode: FileMode
        var size: Int64
        /// Of a symbolic link.
        var target = ""
        /// Of a regular file, where contents count.
        var digest: Digest?
        /// Where contents are not looked at, but changes are.
        var changed: FileTime?
    }

    /// How much is looked at.
    enum Depth {
        /// Enough to see that something was changed.
        case changes
        /// What becomes part of a layer: no times.
        case contents
    }

    /// The entries by path, relative to the directory.
    private(set) var entries: [String: Entry] = [:]

    /// Looks at a directory.
    /// - Parameters:
    ///   - root: The directory; when it is missing, there are no entries.
    ///   - depth: How much is looked at.
    init(_ root: String, _ depth: Depth) {
        add(root, "", depth)
    }

    private mutating func add(_ directory: String, _ prefix: String, _ depth: Depth) {
        for item in (try? FileSystem.list(directory)) ?? [] {
            let path = Path.join(directory, item.name)
            let name = prefix.isEmpty ? item.name : "\(prefix)/\(item.name)"
            guard let status = try? FileSystem.linkStatus(path) else { continue }
            var entry = Entry(type: status.type, mode: status.mode, size: status.isDirectory ? 0 : status.size)
            switch status.type {
            case .symlink: entry.target = (try? FileSystem.readLink(path)) ?? ""
            case .regular:
                if depth == .contents {
                    entry.digest = Self.digest(path)
                } else {
                    entry.changed = status.ctime
                }
            default: break
            }
            entries[name] = entry
            if status.isDirectory { add(path, name, depth) }
        }
    }

    private static func digest(_ path: String) -> Digest? {
        guard let file = try? OwnedDescriptor(opening: path) else { return nil }
        var digester = SHA256Digester()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while let count = try? file.descriptor.read(into: buffer, path: path), count > 0 {
            digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return digester.finish()
    }

    /// What differs from an earlier state, by path.
    func changes(since earlier: TreeSnapshot) -> [String] {
        Set(entries.keys).union(earlier.entries.keys).filter { entries[$0] != earlier.entries[$0] }.sorted()
    }

    /// How an entry differs from its counterpart, in words.
    func difference(of path: String, from other: TreeSnapshot) -> String {
        guard let first = other.entries[path] else { return "is only there the second time" }
        guard let second = entries[path] else { return "is only there the first time" }
        if first.type != second.type { return "is a \(first.type) the first time and a \(second.type) the second" }
        if first.mode != second.mode {
            return "has mode \(first.mode.octal) the first time and \(second.mode.octal) the second"
        }
        if first.target != second.target { return "links to \(first.target), then to \(second.target)" }
        return "has other contents the second time"
    }
}

extension FileMode {
    /// Four octal digits.
    fileprivate var octal: String {
        let digits = String(rawValue, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
