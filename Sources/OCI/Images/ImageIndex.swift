public import JSON

/// A list of images, one for each platform, or the table of contents of an OCI layout.
public struct ImageIndex: Hashable, Sendable {
    /// The index's own type; `nil` where the field is absent.
    public var mediaType: MediaType?
    /// The images, and possibly further indexes or artifacts.
    public var manifests: [Descriptor]
    /// Free-form annotations.
    public var annotations: [String: String]

    public init(mediaType: MediaType? = .ociIndex, manifests: [Descriptor], annotations: [String: String] = [:]) {
        self.mediaType = mediaType
        self.manifests = manifests
        self.annotations = annotations
    }

    /// Reads an index.
    ///
    /// - Parameters:
    ///   - bytes: The JSON document.
    ///   - image: What the index is of, for messages.
    /// - Throws: `OCIError.malformed` when the document is no image index.
    public init(parsing bytes: [UInt8], of image: String) throws(OCIError) {
        let fields = try DocumentFields(parsing: bytes, document: "index of \(image)")
        try fields.requireSchemaVersion()
        mediaType = try fields.string("mediaType").map(MediaType.init(rawValue:))
        manifests = try fields.objects("manifests").map { fields throws(OCIError) in try Descriptor(fields) }
        annotations = try fields.strings("annotations")
    }

    /// The image for a platform.
    ///
    /// - Parameter platform: What is asked for; its empty fields match everything.
    /// - Returns: The first image that satisfies it, or else the first one that only leaves the variant open; an entry
    ///   without platform only when it is the only one.
    public func manifest(for platform: OCIPlatform) -> Descriptor? {
        if manifests.count == 1, manifests[0].platform == nil { return manifests[0] }
        if let match = manifests.first(where: { $0.platform?.satisfies(platform) ?? false }) { return match }
        let anyVariant = OCIPlatform(os: platform.os, architecture: platform.architecture)
        return manifests.first { descriptor in
            descriptor.platform.map { $0.variant.isEmpty && $0.satisfies(anyVariant) } ?? false
        }
    }

    /// The platforms that images are for, as far as the index tells.
    public var platforms: [OCIPlatform] { manifests.compactMap(\.platform) }

    /// The index as JSON, keys in the order that the field writes.
    public var json: JSONValue {
        var object: JSONObject = ["schemaVersion": 2]
        if let mediaType { object["mediaType"] = .string(mediaType.rawValue) }
        object["manifests"] = .array(manifests.map(\.json))
        if !annotations.isEmpty { object["annotations"] = .sorted(annotations) }
        return .object(object)
    }

    /// The index's bytes, as they are hashed and stored.
    public var bytes: [UInt8] { Array(JSONWriter.string(json).utf8) }

    /// The index's bytes with line breaks, as layouts keep it.
    ///
    /// - Parameter indentation: What each level is indented by.
    /// - Returns: The bytes of the document.
    public func bytes(indentedBy indentation: String) -> [UInt8] {
        Array(JSONWriter.string(json, pretty: indentation).utf8)
    }
}
