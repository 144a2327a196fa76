import POSIX

/// Finds files in the layers of an image as a container would see them.
///
/// An upper layer's entry hides what lower layers have, `.wh.<name>` removes it, `.wh..wh..opq` removes all of a
/// directory; see <https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts>.
public enum LayeredFile {
    /// Links that lead to further links are followed this often.
    private static let mostLinks = 16

    /// What one layer has to say about a path.
    private enum Finding {
        case content([UInt8])
        case link(to: [String])
        case removed
    }

    /// Reads the newest version of a file.
    ///
    /// - Parameters:
    ///   - path: an absolute path; symbolic links in it are followed within the image.
    ///   - layers: how many layers there are.
    ///   - limit: the most bytes of content that are accepted.
    ///   - open: opens a layer, plain or compressed, by its number; 0 is the lowest.
    /// - Returns: the file's content, or nil if the image has no such file.
    /// - Throws: `ArchiveError` for a layer that can't be read or a file beyond the limit.
    public static func read(
        _ path: String,
        layers: Int,
        limit: Int = 1 << 20,
        open: (Int) throws(ArchiveError) -> any ByteSource
    ) throws(ArchiveError) -> [UInt8]? {
        var elements = Path.components(Path.clean(path))
        for _ in 0..<mostLinks {
            var target: [String]?
            search: for layer in (0..<layers).reversed() {
                switch try find(elements, in: DecompressingSource(open(layer)), limit: limit) {
                case .content(let bytes): return bytes
                case .removed: return nil
                case .link(let path):
                    target = path
                    break search
                case nil: continue
                }
            }
            guard let target else { return nil }
            elements = target
        }
        return nil
    }

    /// Looks for a path in one layer; nil if the layer says nothing about it.
    private static func find(
        _ path: [String],
        in layer: any ByteSource,
        limit: Int
    ) throws(ArchiveError) -> Finding? {
        var reader = TarReader(layer)
        var found: Finding?
        var isHidden = false
        while let header = try reader.next() {
            let entry = Path.components(Path.clean("/" + header.displayName))
            guard let name = entry.last else { continue }
            if name.hasPrefix(".wh.") {
                isHidden = isHidden || hides(entry, path)
            } else if entry == path {
                found = try finding(header, at: entry, rest: [], &reader, limit: limit)
            } else if header.kind != .directory, path.starts(with: entry) {
                found = try finding(header, at: entry, rest: Array(path[entry.count...]), &reader, limit: limit)
            }
        }
        // Whiteouts only concern what lower layers have, wherever they are in the archive.
        return found ?? (isHidden ? .removed : nil)
    }

    /// What an entry means that is the path, or one of its parents.
    private static func finding(
        _ header: TarHeader,
        at entry: [String],
        rest: [String],
        _ reader: inout TarReader,
        limit: Int
    ) throws(ArchiveError) -> Finding {
        let target = String(decoding: header.linkName, as: UTF8.self)
        switch header.kind {
        case .file where rest.isEmpty:
            return .content(try reader.readContent(limit: limit))
        case .symbolicLink:
            let base = target.hasPrefix("/") ? "" : "/" + entry.dropLast().joined(separator: "/")
            return .link(to: Path.components(Path.clean("\(base)/\(target)")) + rest)
        case .hardLink where rest.isEmpty:
            return .link(to: Path.components(Path.clean("/\(target)")))
        default:
            return .removed
        }
    }

    /// Whether a whiteout entry removes a path.
    private static func hides(_ whiteout: [String], _ path: [String]) -> Bool {
        let directory = whiteout.dropLast()
        guard let name = whiteout.last, path.starts(with: directory) else { return false }
        if name == ".wh..wh..opq" { return path.count > directory.count }
        return path.starts(with: directory + [String(name.dropFirst(4))])
    }
}
