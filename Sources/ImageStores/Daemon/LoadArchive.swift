import Archive
import JSON
import OCI

/// The tar in which a daemon is handed an image: the format of `docker save`, as far as anybody reads it.
struct LoadArchive: Sendable {
    /// What is written for a layer.
    enum Layer: Sendable {
        /// Nothing, as the daemon has the layer on top of those below it.
        case known
        /// The layer's bytes, and their digest.
        case contents(LayerBytes, Digest)
    }

    /// The image's config.
    let config: [UInt8]
    /// The name that the image gets, with its tag.
    let name: String
    /// The layers from the bottom up.
    let layers: [Layer]

    /// Writes the tar, in one go: what it needs of layers is read while it is written.
    func write(to sink: any ByteSink) throws(ArchiveError) {
        let archive = ArchiveSink(TarWriter(sink))
        let configName = "\(Digest.of(config).hex).json"
        try archive.add(configName, config)
        var names: [String] = []
        for (index, layer) in layers.enumerated() {
            switch layer {
            case .known:
                names.append("blank_\(index)")
                try archive.add("blank_\(index)", [])
            case .contents(let bytes, let digest):
                let name = "/\(digest).tar"
                if !names.contains(name) {
                    try archive.begin(name, size: bytes.size)
                    try bytes.write(to: archive)
                }
                names.append(name)
            }
        }
        let manifest: JSONValue = [
            [
                "Config": .string(configName),
                "RepoTags": [.string(name)],
                "Layers": .array(names.map(JSONValue.string)),
            ]
        ]
        try archive.add("manifest.json", Array(JSONWriter.string(manifest).utf8))
        try archive.finish()
    }
}

/// A tar in the making, whose current entry takes the bytes of a layer.
///
/// `@unchecked` because nobody writes to a sink from two threads at the same time.
private final class ArchiveSink: ByteSink, @unchecked Sendable {
    private var writer: TarWriter

    init(_ writer: consuming TarWriter) { self.writer = writer }

    func begin(_ name: String, size: Int64) throws(ArchiveError) {
        try writer.begin(TarHeader(name: Array(name.utf8), kind: .file, mode: 0o644, size: size))
    }

    func add(_ name: String, _ content: [UInt8]) throws(ArchiveError) {
        try writer.add(TarHeader(name: Array(name.utf8), kind: .file, mode: 0o644), content: content)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) { try writer.write(bytes) }

    func finish() throws(ArchiveError) { try writer.finish() }
}
