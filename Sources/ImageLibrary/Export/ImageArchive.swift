import Archive
import JSON
import OCI
import POSIX

/// Writes an image as a tar that is an OCI layout and, where that is asked for, an archive of `docker load` as well.
///
/// Both parts name the same blobs, so the image's digest survives wherever the reader takes the layout, and the archive
/// is as small as the image. The bytes depend on nothing but the image and its names.
struct ImageArchive {
    let image: any StoredImage
    /// The image's references, the main one first.
    let names: [ImageReference]
    /// The name that the layout gives the image; nil for its main reference.
    let tag: String?
    /// Whether `docker load` and its like are to read it.
    let isForDocker: Bool

    /// Writes the archive beside the path first, so that a half of it never has that name.
    func write(to path: String) throws(LibraryError) {
        let file = try system { () throws(POSIXError) in try StoreFile(in: Path.directory(path)) }
        do throws(LibraryError) {
            var failure: LibraryError?
            let sink = StoreFileSink(file)
            do throws(ArchiveError) {
                var writer = TarWriter(sink)
                try writeDocuments(&writer)
                for blob in image.contentBlobs where failure == nil { failure = try write(blob, &writer) }
                if failure == nil { try writer.finish() }
            } catch {
                if case .system(let error) = error { throw .system(error) }
                throw .archive(name: path, error)
            }
            if let failure { throw failure }
            try system { () throws(POSIXError) in try file.finish(as: path) }
        } catch {
            file.abandon()
            throw error
        }
    }

    private func writeDocuments(_ writer: inout TarWriter) throws(ArchiveError) {
        let manifest: [UInt8]
        do throws(OCIError) {
            manifest = try image.manifestBytes()
        } catch {
            throw .source(error)
        }
        func add(_ name: String, _ content: [UInt8]) throws(ArchiveError) {
            try writer.add(Self.header(name), content: content)
        }
        try add("oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
        try add("index.json", index.bytes)
        if isForDocker { try add("manifest.json", Array(JSONWriter.string(dockerManifest).utf8)) }
        for directory in ["blobs/", "blobs/sha256/"] {
            try writer.add(TarHeader(name: Array(directory.utf8), kind: .directory, mode: 0o755))
        }
        try add(Self.blobName(image.manifestDigest), manifest)
    }

    private func write(_ blob: Descriptor, _ writer: inout TarWriter) throws(ArchiveError) -> LibraryError? {
        var header = Self.header(Self.blobName(blob.digest))
        header.size = blob.size
        try writer.begin(header)
        var failure: ArchiveError?
        do throws(OCIError) {
            try image.readBlob(blob) { (piece) throws(OCIError) in
                do throws(ArchiveError) {
                    try writer.write(piece)
                } catch {
                    failure = error
                    throw .store(StoreFailure(kind: .other, message: "\(error)"))
                }
            }
            return nil
        } catch {
            if let failure { throw failure }
            return .image(name: image.reference, error)
        }
    }

    // MARK: - Documents

    private var index: ImageIndex {
        var descriptor = Descriptor(
            mediaType: image.manifest.mediaType ?? .ociManifest,
            digest: image.manifestDigest,
            size: image.manifestSize
        )
        descriptor.platform = image.platform
        var manifests: [Descriptor] = []
        let fullNames = names.map(StoreName.full)
        for (index, name) in fullNames.enumerated() where index == 0 || isForDocker {
            var named = descriptor
            named.annotations[ImageIndex.refName] = index == 0 ? tag ?? name : name
            // What containerd, and so newer daemons, call the image.
            named.annotations["io.containerd.image.name"] = name
            manifests.append(named)
        }
        if manifests.isEmpty {
            if let tag { descriptor.annotations[ImageIndex.refName] = tag }
            manifests = [descriptor]
        }
        return ImageIndex(manifests: manifests)
    }

    private var dockerManifest: JSONValue {
        [
            [
                "Config": .string(Self.blobName(image.manifest.config.digest)),
                "RepoTags": .array(names.filter { $0.tag != nil }.map { .string(StoreName.full($0)) }),
                "Layers": .array(image.manifest.layers.map { .string(Self.blobName($0.digest)) }),
            ]
        ]
    }

    private static func blobName(_ digest: Digest) -> String { "blobs/sha256/\(digest.hex)" }

    private static func header(_ name: String) -> TarHeader {
        TarHeader(name: Array(name.utf8), kind: .file, mode: 0o644)
    }
}

/// Writes to a file that is not complete yet.
///
/// `@unchecked` because nobody writes to a sink from two threads at the same time.
private final class StoreFileSink: ByteSink, @unchecked Sendable {
    private let file: StoreFile

    init(_ file: StoreFile) { self.file = file }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        do throws(POSIXError) {
            try file.write(bytes)
        } catch {
            throw .system(error)
        }
    }
}
