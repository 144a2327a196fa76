import Archive
import JSON
import POSIX

/// An image as it was found.
struct InspectedImage {
    /// The manifest's digest.
    var digest: String
    /// The configuration's digest, which is the image's id for a daemon.
    var configDigest: String
    /// What expectations are about: the members `manifest`, `config` and `labels`.
    var document: Value
    /// The labels as they are, by their names.
    var labels: [String: String]
    /// The layers from the bottom up.
    var layers: [LayerListing]
    /// The diffIDs that the configuration has.
    var diffIDs: [String]

    /// The layer that holds a path; of several the topmost.
    func layer(holding path: String) -> LayerListing? {
        layers.last { $0.members[path] != nil }
    }

    /// The variables of the configuration.
    var environment: [String: String] {
        guard case .array(let entries)? = document["config"]?["config"]?["Env"] else { return [:] }
        var variables: [String: String] = [:]
        for entry in entries.compactMap(\.text) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        return variables
    }
}

/// What is in a layer.
struct LayerListing: Sendable {
    /// The digest of the uncompressed tar stream.
    var diffID: String
    /// The members by their absolute paths.
    var members: [String: LayerMember]

    /// How much of the contents of one member, and of all of a layer, is kept, in bytes.
    private static let keptOfMember = 256 << 10, keptOfLayer = 8 << 20
    /// The longest list that is read.
    private static let longest = 200_000

    /// Reads a layer, compressed or not.
    /// - Throws: When it is no tar stream.
    init(_ bytes: [UInt8]) throws(ArchiveError) {
        // The stream is hashed to its end, which may be after the archive's.
        var plain = DecompressingSource(MemorySource(bytes))
        var digester = SHA256Digester()
        var tar: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try plain.read(into: buffer)
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            digester.update(piece)
            tar.append(contentsOf: piece)
            guard tar.count <= 1 << 30 else {
                throw .malformedTar(offset: Int64(tar.count), reason: "too large to be looked at")
            }
        }
        diffID = "\(digester.finish())"
        members = [:]
        var kept = 0
        var reader = TarReader(MemorySource(tar))
        while let header = try reader.next() {
            guard members.count < Self.longest else { break }
            var member = LayerMember(header)
            if header.kind == .file, header.size <= Self.keptOfMember, kept < Self.keptOfLayer {
                let content = try reader.readContent(limit: Self.keptOfMember)
                kept += content.count
                member.content = content
            }
            members[Path.clean("/" + header.displayName)] = member
        }
    }
}

/// One member of a layer.
struct LayerMember: Sendable {
    var kind: String
    var mode: UInt32
    var uid: Int64
    var gid: Int64
    var mtime: Int64
    var target: String
    /// What a file holds, unless it is large.
    var content: [UInt8]?

    init(_ header: TarHeader) {
        kind =
            switch header.kind {
            case .file: FileKind.file.rawValue
            case .directory: FileKind.directory.rawValue
            case .symbolicLink: FileKind.symlink.rawValue
            case .hardLink: FileKind.hardlink.rawValue
            case .characterDevice, .blockDevice: "device"
            case .fifo: "fifo"
            }
        mode = UInt32(truncatingIfNeeded: header.mode) & 0o7777
        (uid, gid) = (header.uid, header.gid)
        mtime = header.modificationTime.seconds
        target = String(decoding: header.linkName, as: UTF8.self)
    }
}
