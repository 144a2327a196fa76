import Archive
import JSON

extension Descriptor {
    /// Reads a descriptor of a manifest or index.
    init(_ fields: DocumentFields) throws(OCIError) {
        self.init(
            mediaType: MediaType(rawValue: try fields.string("mediaType") ?? ""),
            digest: try Digest(fields.requiredString("digest")),
            size: try fields.size("size"),
            urls: try fields.list("urls"),
            annotations: try fields.strings("annotations"),
            platform: try fields.object("platform").map { fields throws(OCIError) in try OCIPlatform(fields) },
            artifactType: try fields.string("artifactType") ?? ""
        )
    }

    /// The descriptor as JSON, keys in the order that the field writes.
    var json: JSONValue {
        var object: JSONObject = [
            "mediaType": .string(mediaType.rawValue),
            "size": .integer(size),
            "digest": .string(digest.description),
        ]
        if !urls.isEmpty { object["urls"] = .list(urls) }
        if !annotations.isEmpty { object["annotations"] = .sorted(annotations) }
        if let platform { object["platform"] = platform.json }
        if !artifactType.isEmpty { object["artifactType"] = .string(artifactType) }
        return .object(object)
    }
}

extension OCIPlatform {
    /// Reads the platform of a descriptor or, as the fields have the same names, of an image config.
    init(_ fields: DocumentFields) throws(OCIError) {
        self.init(
            os: try fields.string("os") ?? "",
            architecture: try fields.string("architecture") ?? "",
            variant: try fields.string("variant") ?? "",
            osVersion: try fields.string("os.version") ?? "",
            osFeatures: try fields.list("os.features")
        )
    }

    /// The platform as JSON, keys in the order that the field writes.
    var json: JSONValue {
        var object: JSONObject = ["architecture": .string(architecture), "os": .string(os)]
        if !osVersion.isEmpty { object["os.version"] = .string(osVersion) }
        if !osFeatures.isEmpty { object["os.features"] = .list(osFeatures) }
        if !variant.isEmpty { object["variant"] = .string(variant) }
        return .object(object)
    }
}
