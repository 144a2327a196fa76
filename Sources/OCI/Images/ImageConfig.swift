public import JSON

/// The config of an image: what a container of it runs and which layers it has.
///
/// Only what container tools interpret has a name here. Everything else that a config says, known to the field or not,
/// is kept and written again.
public struct ImageConfig: Hashable, Sendable {
    /// The platform that the image is for.
    public var platform: OCIPlatform
    /// When the image was made, as RFC 3339 has it; empty when not known.
    public var created: String
    /// The uncompressed digests of the layers, the base image's first.
    public var diffIDs: [DiffID]
    /// How the layers came about, the oldest first.
    public var history: [HistoryEntry]
    /// What a container of the image runs.
    public var container: ContainerConfig
    /// Fields of the document that have no name here.
    var others: JSONObject

    /// Makes the config of an image without layers.
    ///
    /// - Parameters:
    ///   - platform: The platform that the image is for.
    ///   - container: What a container of the image runs.
    public init(platform: OCIPlatform, container: ContainerConfig = ContainerConfig()) {
        self.platform = platform
        self.container = container
        created = ""
        diffIDs = []
        history = []
        others = JSONObject()
    }

    /// Reads a config.
    ///
    /// - Parameters:
    ///   - bytes: The JSON document.
    ///   - image: What the config is of, for messages.
    /// - Throws: `OCIError.malformed` when the document is no image config.
    public init(parsing bytes: [UInt8], of image: String) throws(OCIError) {
        let fields = try DocumentFields(parsing: bytes, document: "config of \(image)")
        platform = try OCIPlatform(fields)
        created = try fields.string("created") ?? ""
        diffIDs = []
        for text in try fields.object("rootfs")?.list("diff_ids") ?? [] { diffIDs.append(try DiffID(text)) }
        history = try fields.objects("history").map { fields throws(OCIError) in try HistoryEntry(fields) }
        container = try ContainerConfig(fields.object("config") ?? DocumentFields([:], document: fields.document))
        others = fields.object
        for key in Self.named { others[key] = nil }
    }

    /// The fields that the properties stand for.
    private static let named = [
        "architecture", "created", "history", "os", "rootfs", "config", "os.version", "variant", "os.features",
    ]

    /// The config as JSON, keys in the order that the field writes; fields unknown to the field come last.
    public var json: JSONValue {
        var object: JSONObject = ["architecture": .string(platform.architecture)]
        var rest = others
        func move(_ key: String) {
            guard let value = rest[key] else { return }
            rest[key] = nil
            if !value.isEmptyInGo { object[key] = value }
        }
        move("author")
        move("container")
        object["created"] = .string(created.isEmpty ? Timestamp.zero : created)
        move("docker_version")
        if !history.isEmpty { object["history"] = .array(history.map(\.json)) }
        object["os"] = .string(platform.os)
        object["rootfs"] = ["type": "layers", "diff_ids": .list(diffIDs.map(\.description))]
        object["config"] = container.json
        if !platform.osVersion.isEmpty { object["os.version"] = .string(platform.osVersion) }
        if !platform.variant.isEmpty { object["variant"] = .string(platform.variant) }
        if !platform.osFeatures.isEmpty { object["os.features"] = .list(platform.osFeatures) }
        for (key, value) in rest { object[key] = value }
        return .object(object)
    }

    /// The config's bytes, as they are hashed and stored.
    public var bytes: [UInt8] { Array(JSONWriter.string(json).utf8) }

    /// Removes the id of the container that an image was committed from, which says nothing about a built image.
    public mutating func forgetContainer() { others["container"] = nil }

    /// Configs are equal when their bytes are.
    public static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    /// Hashes the config's bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension JSONValue {
    /// Whether Go's encoder leaves the value out of a field that is marked `omitempty`.
    var isEmptyInGo: Bool {
        switch self {
        case .null: true
        case .boolean(let flag): !flag
        case .number(let number): number.integerValue == 0
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        }
    }
}
