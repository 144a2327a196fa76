import Archive
import HTTP
import OCI
import POSIX
import Synchronization

/// The layers of an image, as far as they were asked for.
///
/// A daemon only hands out an image as a whole. Layers that were not asked for are skipped; of equal ones, one copy is
/// kept.
final class DaemonImageContents: Sendable {
    private let client: DaemonClient
    private let id: DaemonImageName
    private let platform: OCIPlatform?
    private let directory: String
    private let layers = Mutex<[Digest: BlobSpool]>([:])

    init(client: DaemonClient, id: DaemonImageName, platform: OCIPlatform?, temporaryDirectory: String) {
        (self.client, self.id, self.platform, directory) = (client, id, platform, temporaryDirectory)
    }

    /// The id without its algorithm, as files and messages have it.
    var shortID: String {
        let text = id.description
        return text.hasPrefix("sha256:") ? String(text.dropFirst("sha256:".count)) : text
    }

    /// A layer that has been fetched.
    func layer(_ digest: Digest) -> BlobSpool? { layers.withLock { $0[digest] } }

    /// Fetches layers unless they are here already.
    ///
    /// - Parameters:
    ///   - digests: the diff ids of the layers
    ///   - all: the diff ids of all layers of the image
    /// - Throws: when the daemon fails, or lacks one of them
    func fetch(_ digests: Set<Digest>, of all: Set<Digest>) throws(OCIError) {
        let missing = layers.withLock { layers in digests.filter { layers[$0] == nil } }
        guard !missing.isEmpty else { return }
        let response = try client.save(id, platform: platform)
        let archive = SavedImage(response)
        do throws(ArchiveError) {
            try read(archive, wanted: missing, all: all)
        } catch {
            if case .source(let cause as OCIError) = error { throw cause }
            throw DaemonClient.failure("reading image \(shortID) from the docker daemon", "\(error)")
        }
        for digest in missing where layer(digest) == nil {
            throw .blobNotFound(digest: digest, image: shortID)
        }
    }

    /// Reads the tar that the daemon sends.
    ///
    /// The manifest that says which file is which layer comes after the files, so the wanted ones are recognised by
    /// their digests.
    private func read(_ archive: SavedImage, wanted: Set<Digest>, all: Set<Digest>) throws(ArchiveError) {
        let others = Set(all.subtracting(wanted).map { "blobs/sha256/\($0.hex)" })
        while let header = try archive.next() {
            let name = header.displayName
            guard header.kind == .file, Self.mayBeLayer(name), !others.contains(name) else { continue }
            let spool = BlobSpool(directory: directory)
            var digester = SHA256Digester()
            var content = DecompressingSource(archive)
            try archive.withBuffer { buffer throws(ArchiveError) in
                while true {
                    let count = try content.read(into: buffer)
                    guard count > 0 else { return }
                    let piece = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
                    digester.update(piece)
                    do throws(POSIXError) { try spool.write(piece) } catch { throw .sink(error) }
                }
            }
            let digest = digester.finish()
            if wanted.contains(digest) { layers.withLock { $0[digest] = $0[digest] ?? spool } }
        }
        try archive.drain()
    }

    private static func mayBeLayer(_ name: String) -> Bool {
        let base = name.split(separator: "/").last ?? ""
        return !base.hasSuffix(".json") && !["VERSION", "json", "repositories", "oci-layout"].contains(base)
    }
}

/// A tar that is being received, entry by entry; as a source it gives the content of the current entry.
private final class SavedImage: ByteSource {
    private var reader: TarReader
    private let stream: ResponseStream
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)

    init(_ response: HTTPResponse) {
        stream = ResponseStream(response)
        reader = TarReader(stream)
    }

    deinit { buffer.deallocate() }

    func next() throws(ArchiveError) -> TarHeader? { try reader.next() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        try reader.read(into: buffer)
    }

    func withBuffer(_ body: (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Void) throws(ArchiveError) {
        try body(buffer)
    }

    /// Reads what is after the archive, so that the connection, perhaps the only one we may have, can be used again.
    func drain() throws(ArchiveError) {
        while try stream.read(into: buffer) > 0 {}
    }
}

/// The body of a response as a source.
private final class ResponseStream: ByteSource {
    private let response: HTTPResponse
    private var piece = UnsafeRawBufferPointer(start: nil, count: 0)

    init(_ response: HTTPResponse) { self.response = response }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        while piece.isEmpty {
            do throws(HTTPError) {
                guard let next = try response.nextBytes() else { return 0 }
                piece = next
            } catch {
                throw .source(DaemonClient.unreachable("reading an image from the docker daemon", error))
            }
        }
        let count = min(buffer.count, piece.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        piece = UnsafeRawBufferPointer(rebasing: piece[count...])
        return count
    }
}
