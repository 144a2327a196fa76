import Archive
import JSON
import OCI
import POSIX

/// An image in a daemon, known by what the daemon tells about it.
///
/// Daemons keep no manifests, so there is one made up, whose layers are called by their diff ids, as they are
/// uncompressed; how long they are is only known when they have been fetched.
final class DaemonImage: StoredImage {
    let reference: String
    let identifier: String
    let manifestDigest: Digest
    let manifestSize: Int64 = 0
    let manifest: ImageManifest
    let config: ImageConfig
    private let contents: DaemonImageContents

    init(reference: String, description: DaemonImageDescription, contents: DaemonImageContents) throws(OCIError) {
        self.reference = reference
        identifier = contents.shortID
        self.contents = contents
        config = try ImageConfig(parsing: description.configBytes, of: reference)
        let bytes = config.bytes
        manifest = ImageManifest(
            mediaType: .dockerManifest,
            config: Descriptor(mediaType: .dockerConfig, digest: Digest.of(bytes), size: Int64(bytes.count)),
            layers: config.diffIDs.map { Descriptor(mediaType: .dockerLayer, digest: $0.digest, size: 0) }
        )
        manifestDigest = manifest.config.digest
    }

    func prepareToRead(_ descriptors: [Descriptor]) throws(OCIError) {
        try contents.fetch(Set(descriptors.map(\.digest)), of: Set(config.diffIDs.map(\.digest)))
    }

    func readBlob(
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        guard descriptor.digest != manifest.config.digest else {
            let result = config.bytes.withUnsafeBytes { bytes in
                Result { () throws(OCIError) in try body(bytes) }
            }
            return try result.get()
        }
        let spool = try layer(descriptor)
        try spool.read(0..<spool.size, body) { .store(StoreFailure(kind: .other, message: "\($0)")) }
    }

    /// The bytes of a layer, fetched now unless they are here already.
    func layer(_ descriptor: Descriptor) throws(OCIError) -> BlobSpool {
        try prepareToRead([descriptor])
        guard let spool = contents.layer(descriptor.digest) else {
            throw .blobNotFound(digest: descriptor.digest, image: reference)
        }
        return spool
    }
}

/// What a daemon says about an image: the answers to `inspect` and `history`.
struct DaemonImageDescription {
    /// The id, with its algorithm.
    let id: String
    /// The image's config, as far as the daemon tells it.
    let configBytes: [UInt8]

    /// Fields of the config that mean something in an image; daemons add others that only containers have.
    private static let containerFields = [
        "Cmd", "Healthcheck", "Entrypoint", "Env", "Labels", "OnBuild", "User", "Volumes", "WorkingDir", "ExposedPorts",
        "StopSignal", "Shell",
    ]

    init(_ inspection: JSONValue, history: [JSONValue], of image: DaemonImageName) throws(OCIError) {
        guard let id = inspection["Id"]?.stringValue, !id.isEmpty else {
            throw .malformed(document: "inspection of \(image)", reason: "Id is missing")
        }
        self.id = id
        var config: JSONObject = [:]
        for (key, field) in [
            ("architecture", "Architecture"), ("author", "Author"), ("created", "Created"), ("os", "Os"),
            ("os.version", "OsVersion"), ("variant", "Variant"),
        ] {
            if let value = inspection[field], !value.isNull { config[key] = value }
        }
        // The oldest step comes last. An entry does not tell whether it made a layer, so that histories with others fit
        // no image, and are blank then.
        config["history"] = .array(history.reversed().map(Self.historyEntry))
        config["rootfs"] = ["type": "layers", "diff_ids": inspection["RootFS"]?["Layers"] ?? []]
        var container: JSONObject = [:]
        for key in Self.containerFields {
            if let value = inspection["Config"]?[key], !value.isNull { container[key] = value }
        }
        config["config"] = .object(container)
        configBytes = Array(JSONWriter.string(.object(config)).utf8)
    }

    private static func historyEntry(_ entry: JSONValue) -> JSONValue {
        var object: JSONObject = [:]
        if let time = entry["Created"]?.integerValue.flatMap({ Timestamp(seconds: $0) }) {
            object["created"] = .string("\(time)")
        }
        for (key, field) in [("created_by", "CreatedBy"), ("comment", "Comment")] {
            if let value = entry[field], !value.isNull { object[key] = value }
        }
        return .object(object)
    }
}
