public import JSON

/// The manifest of one image: its config and its layers from the bottom up.
public struct ImageManifest: Hashable, Sendable {
    /// The manifest's own type; `nil` where the field is absent, as OCI allows.
    public var mediaType: MediaType?
    /// The image's config.
    public var config: Descriptor
    /// The layers, the base image's first.
    public var layers: [Descriptor]
    /// Free-form annotations.
    public var annotations: [String: String]

    public init(
        mediaType: MediaType?,
        config: Descriptor,
        layers: [Descriptor],
        annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }

    /// Reads a manifest.
    ///
    /// - Parameters:
    ///   - bytes: The JSON document.
    ///   - image: What the manifest is of, for messages.
    /// - Throws: `OCIError.malformed` when the document is no image manifest.
    public init(parsing bytes: [UInt8], of image: String) throws(OCIError) {
        let fields = try DocumentFields(parsing: bytes, document: "manifest of \(image)")
        try fields.requireSchemaVersion()
        mediaType = try fields.string("mediaType").map(MediaType.init(rawValue:))
        if let mediaType, mediaType.isIndex { throw fields.malformed("an index where an image is expected") }
        config = try Descriptor(fields.requiredObject("config"))
        layers = try fields.objects("layers").map { fields throws(OCIError) in try Descriptor(fields) }
        annotations = try fields.strings("annotations")
    }

    /// The family of the manifest's type; a manifest without type is an OCI one.
    public var family: MediaTypeFamily { mediaType?.family ?? .oci }

    /// The manifest as JSON, keys in the order that the field writes.
    public var json: JSONValue {
        var object: JSONObject = ["schemaVersion": 2]
        if let mediaType { object["mediaType"] = .string(mediaType.rawValue) }
        object["config"] = config.json
        object["layers"] = .array(layers.map(\.json))
        if !annotations.isEmpty { object["annotations"] = .sorted(annotations) }
        return .object(object)
    }

    /// The manifest's bytes, as they are hashed and stored.
    public var bytes: [UInt8] { Array(JSONWriter.string(json).utf8) }
}
