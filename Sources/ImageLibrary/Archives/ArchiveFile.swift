import Archive
import POSIX

/// A tar on disk, of which any entry can be read at any time.
///
/// A compressed one is decompressed first, to a file without a name.
final class ArchiveFile: Sendable {
    /// The path, for messages.
    let path: String
    private let file: FileHandle
    private let ranges: [String: Range<Int64>]

    /// Opens an archive and goes through its headers.
    ///
    /// - Parameters:
    ///   - path: The archive.
    ///   - temporaryDirectory: Where a compressed archive is decompressed; nil for `TMPDIR`.
    ///   - isOnlyLookedAt: Whether only the names of small files at the top are asked for: the search for them ends with
    ///     the first that tells what the archive is.
    /// - Throws: `LibraryError` when it can't be read, or is no tar.
    init(path: String, temporaryDirectory: String?, isOnlyLookedAt: Bool = false) throws(LibraryError) {
        self.path = path
        let opened = try system { () throws(POSIXError) in try FileHandle(opening: path) }
        let size = try system { () throws(POSIXError) in try opened.size(path: path) }
        let isCompressed = try Self.isCompressed(opened, path, 0..<size)
        if isCompressed, !isOnlyLookedAt {
            file = try Self.decompress(opened, path, temporaryDirectory)
        } else {
            file = opened
        }
        ranges = try Self.scan(file, path, stopsEarly: isOnlyLookedAt, isCompressed: isCompressed && isOnlyLookedAt)
    }

    /// Where an entry's content is; nil when there is no such file.
    ///
    /// - Parameter name: The name without a slash or dot at its start, which archives may have or not.
    /// - Returns: The place of its bytes in the file.
    func range(of name: String) -> Range<Int64>? { ranges[name] }

    /// Reads an entry whole.
    func read(_ name: String, limit: Int64 = 64 << 20) throws(LibraryError) -> [UInt8]? {
        guard let range = ranges[name] else { return nil }
        guard Int64(range.count) <= limit else {
            throw .notAnImage(path: path, reason: "\(name) has more than \(limit) bytes")
        }
        var bytes: [UInt8] = []
        try system { () throws(POSIXError) in
            try read(range) { (piece) throws(POSIXError) in bytes.append(contentsOf: piece) }
        }
        return bytes
    }

    /// Reads a part of the archive in pieces.
    func read<Failure: Error>(
        _ range: Range<Int64>,
        failing convert: (POSIXError) -> Failure,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try file.read(range, path: path, failing: convert, body)
    }

    private func read(
        _ range: Range<Int64>,
        _ body: (UnsafeRawBufferPointer) throws(POSIXError) -> Void
    ) throws(POSIXError) {
        try file.read(range, path: path, failing: { $0 }, body)
    }

    // MARK: - Opening

    /// Whether a part of the archive begins as gzip or zstd does.
    func isCompressed(_ range: Range<Int64>) throws(LibraryError) -> Bool {
        try Self.isCompressed(file, path, range)
    }

    private static func isCompressed(
        _ file: FileHandle,
        _ path: String,
        _ range: Range<Int64>
    ) throws(LibraryError) -> Bool {
        var start: [UInt8] = []
        let first = range.lowerBound..<min(range.upperBound, range.lowerBound + 4)
        try system { () throws(POSIXError) in
            try file.read(first, path: path, failing: { $0 }) { (piece) throws(POSIXError) in
                start.append(contentsOf: piece)
            }
        }
        return start.starts(with: [0x1F, 0x8B]) || start == [0x28, 0xB5, 0x2F, 0xFD]
    }

    private static func decompress(
        _ file: FileHandle,
        _ path: String,
        _ directory: String?
    ) throws(LibraryError) -> FileHandle {
        let temporary = try system { () throws(POSIXError) in try FileHandle(unnamedIn: directory) }
        try onArchive(path) { () throws(ArchiveError) in
            var source = DecompressingSource(try HandleSource(file, path: path))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
            defer { buffer.deallocate() }
            while true {
                let count = try source.read(into: buffer)
                guard count > 0 else { return }
                do throws(POSIXError) {
                    try temporary.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), path: path)
                } catch {
                    throw ArchiveError.system(error)
                }
            }
        }
        return temporary
    }

    private static func scan(
        _ file: FileHandle,
        _ path: String,
        stopsEarly: Bool,
        isCompressed: Bool
    ) throws(LibraryError) -> [String: Range<Int64>] {
        do throws(ArchiveError) {
            let source = try HandleSource(file, path: path)
            var reader = isCompressed ? TarReader(DecompressingSource(source)) : TarReader(source)
            var ranges: [String: Range<Int64>] = [:]
            var links: [(name: String, target: String)] = []
            while let header = try reader.next() {
                let name = entryName(header.name)
                switch header.kind {
                case .file where header.sparseFragments == nil:
                    let (end, isAbsurd) = reader.offset.addingReportingOverflow(header.size)
                    guard !isAbsurd else { throw .malformedTar(offset: reader.offset, reason: "absurd size") }
                    ranges[name] = reader.offset..<end
                    if stopsEarly, name == "index.json" { return ranges }
                case .symbolicLink, .hardLink: links.append((name, linkTarget(header, name)))
                default: break
                }
            }
            // Old versions of docker save write a layer that occurs twice as a link to itself.
            for (name, target) in links { ranges[name] = ranges[name] ?? ranges[target] }
            return ranges
        } catch {
            if case .system(let error) = error { throw .system(error) }
            throw .notAnImage(path: path, reason: "expected a tar: \(error)")
        }
    }

    private static func entryName(_ bytes: [UInt8]) -> String {
        let name = Path.clean("/" + String(decoding: bytes, as: UTF8.self))
        return String(name.dropFirst())
    }

    private static func linkTarget(_ header: TarHeader, _ name: String) -> String {
        let target = String(decoding: header.linkName, as: UTF8.self)
        guard header.kind == .symbolicLink, !Path.isAbsolute(target) else { return entryName(header.linkName) }
        return entryName(Array(Path.join(Path.directory("/" + name), target).utf8))
    }
}
