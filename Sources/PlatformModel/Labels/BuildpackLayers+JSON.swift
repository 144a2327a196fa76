import BuildpackModel
import JSON

extension BuildpackLayers {
    init(_ fields: LabelFields) throws(PlatformModelError) {
        self.init(id: try fields.text("key"), version: try fields.text("version"))
        if let entries = try fields.fields("layers") {
            for name in entries.object.keys {
                if let fields = try entries.fields(name) { layers[name] = try LayerRecord(fields) }
            }
        }
        if let entry = try fields.fields("store") {
            store = StoreTOML(metadata: try entry.fields("metadata").map { MetadataConversion.toml($0.object) })
        }
    }

    /// The layers' names in bytewise order, which is the order of all files and labels.
    var sortedNames: [String] {
        layers.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func json() throws(PlatformModelError) -> JSONValue {
        var records = JSONObject()
        for name in sortedNames { records[name] = try layers[name]?.json() }
        var object: JSONObject = ["key": .string(id), "version": .string(version), "layers": .object(records)]
        if let store {
            let metadata: JSONValue
            if let table = store.metadata {
                metadata = .object(try MetadataConversion.json(table))
            } else {
                metadata = .null
            }
            object["store"] = ["metadata": metadata]
        }
        return .object(object)
    }

    /// A list of buildpacks; an empty one is `null`, as Go writes a list that nothing was added to.
    static func json(_ buildpacks: [BuildpackLayers]) throws(PlatformModelError) -> JSONValue {
        guard !buildpacks.isEmpty else { return .null }
        var list: [JSONValue] = []
        for buildpack in buildpacks { list.append(try buildpack.json()) }
        return .array(list)
    }
}

extension LayerRecord {
    init(_ fields: LabelFields) throws(PlatformModelError) {
        self.init(
            diffID: try fields.diffID(),
            metadata: fields.value("data").flatMap { MetadataConversion.toml($0) },
            build: try fields.boolean("build"),
            launch: try fields.boolean("launch"),
            cache: try fields.boolean("cache")
        )
    }

    func json() throws(PlatformModelError) -> JSONValue {
        [
            "sha": .string(diffID.text),
            "data": try MetadataConversion.json(metadata),
            "build": .boolean(build),
            "launch": .boolean(launch),
            "cache": .boolean(cache),
        ]
    }
}
