import JSON
public import OCI

extension LifecycleMetadataLabel {
    /// Reads the label of an image.
    ///
    /// - Parameter image: The image; one without the label has an empty one.
    /// - Throws: When the label is no JSON or its members have the wrong types.
    public init(of image: any StoredImage) throws(PlatformModelError) {
        try self.init(label: image.config.container.labels[Self.name] ?? "")
    }

    /// Reads the label's text.
    ///
    /// - Parameters:
    ///   - text: The label's value; an empty one is an empty label.
    ///   - keepingForeignApp: Whether an `app` that is no list of layers is kept as ``foreignApp`` instead of refused.
    /// - Throws: When the text is no JSON or its members have the wrong types.
    public init(label text: String, keepingForeignApp: Bool = false) throws(PlatformModelError) {
        self.init()
        guard !text.isEmpty else { return }
        let fields = try LabelFields(label: Self.name, try Self.parse(text))
        if keepingForeignApp, let value = fields.object["app"], (try? Self.diffIDs(fields.list("app"))) == nil {
            foreignApp = value
        } else {
            app = try Self.diffIDs(fields.list("app"))
        }
        sbom = try fields.fields("sbom")?.diffID()
        for entry in try fields.list("buildpacks") { buildpacks.append(try BuildpackLayers(entry)) }
        config = try fields.fields("config")?.diffID() ?? .none
        launcher = try fields.fields("launcher")?.diffID() ?? .none
        processTypes = try fields.fields("process-types")?.diffID() ?? .none
        if let entry = try fields.fields("runImage") {
            runImage = RunImageRecord(
                topLayer: RecordedDiffID(text: try entry.text("topLayer")),
                reference: try entry.text("reference"),
                names: try RunImageNames(entry)
            )
        }
        if let entry = try fields.fields("stack") {
            stack = RunImageNames()
            if let names = try entry.fields("runImage") { stack = try RunImageNames(names) }
        }
    }

    private static func parse(_ text: String) throws(PlatformModelError) -> JSONValue {
        do {
            return try JSONParser.parse(text, source: name, duplicateKeys: .lastWins)
        } catch {
            throw .malformedLabel(name: name, error)
        }
    }

    private static func diffIDs(_ layers: [LabelFields]) throws(PlatformModelError) -> [RecordedDiffID] {
        var diffIDs: [RecordedDiffID] = []
        for layer in layers { diffIDs.append(try layer.diffID()) }
        return diffIDs
    }

    /// The label's text.
    ///
    /// - Throws: When a layer's metadata has no form in JSON.
    public func label() throws(PlatformModelError) -> String {
        JSONWriter.string(.object(try json()))
    }

    /// The label's text after a change of the run image: all other members keep their bytes, whoever wrote them.
    ///
    /// - Parameters:
    ///   - text: The text that `original` was read from.
    ///   - original: What the label said.
    /// - Returns: The new text.
    /// - Throws: When `text` is no JSON.
    public func label(changing text: String, from original: Self) throws(PlatformModelError) -> String {
        guard !text.isEmpty else { return try label() }
        do {
            var members = try JSONObjectText(text, source: Self.name)
            var image = try JSONObjectText(members.member("runImage") ?? "{}", source: Self.name)
            image.set("topLayer", to: JSONWriter.string(.string(runImage.topLayer.text)))
            image.set("reference", to: JSONWriter.string(.string(runImage.reference)))
            if runImage.names != original.runImage.names { runImage.names.replace(in: &image) }
            members.set("runImage", to: image.text)
            if let stack, stack != original.stack {
                var image = JSONObject()
                stack.add(to: &image)
                members.set("stack", to: JSONWriter.string(["runImage": .object(image)]))
            }
            return members.text
        } catch {
            throw .malformedLabel(name: Self.name, error)
        }
    }

    func json() throws(PlatformModelError) -> JSONObject {
        var object = JSONObject()
        object["app"] = foreignApp ?? .array(app.map(Self.layer))
        if let sbom { object["sbom"] = Self.layer(sbom) }
        object["buildpacks"] = try BuildpackLayers.json(buildpacks)
        object["config"] = Self.layer(config)
        object["launcher"] = Self.layer(launcher)
        object["process-types"] = Self.layer(processTypes)
        var image: JSONObject = ["topLayer": .string(runImage.topLayer.text), "reference": .string(runImage.reference)]
        runImage.names.add(to: &image)
        object["runImage"] = .object(image)
        if let stack {
            var image = JSONObject()
            stack.add(to: &image)
            object["stack"] = ["runImage": .object(image)]
        }
        return object
    }

    private static func layer(_ diffID: RecordedDiffID) -> JSONValue { ["sha": .string(diffID.text)] }
}

extension CacheMetadata {
    /// Reads the text of a cache's metadata.
    ///
    /// - Parameter text: The contents of the file or label; an empty text is an empty cache.
    /// - Throws: When the text is no JSON or its members have the wrong types.
    public init(json text: String) throws(PlatformModelError) {
        self.init()
        guard !text.isEmpty else { return }
        let value: JSONValue
        do {
            value = try JSONParser.parse(text, source: Self.name, duplicateKeys: .lastWins)
        } catch {
            throw .malformedLabel(name: Self.name, error)
        }
        let fields = try LabelFields(label: Self.name, value)
        sbom = try fields.fields("sbom")?.diffID() ?? .none
        for entry in try fields.list("buildpacks") { buildpacks.append(try BuildpackLayers(entry)) }
    }

    /// The text of the metadata.
    ///
    /// - Throws: When a layer's metadata has no form in JSON.
    public func json() throws(PlatformModelError) -> String {
        let object: JSONObject = [
            "sbom": ["sha": .string(sbom.text)],
            "buildpacks": try BuildpackLayers.json(buildpacks),
        ]
        return JSONWriter.string(.object(object))
    }
}

extension RunImageNames {
    init(_ fields: LabelFields) throws(PlatformModelError) {
        self.init(image: try fields.text("image"), mirrors: try fields.texts("mirrors"))
    }

    /// Puts the names in place of those that an object has.
    func replace(in object: inout JSONObjectText) {
        for key in ["image", "mirrors"] { object.remove(key) }
        if !image.isEmpty { object.set("image", to: JSONWriter.string(.string(image))) }
        if !mirrors.isEmpty { object.set("mirrors", to: JSONWriter.string(.array(mirrors.map { .string($0) }))) }
    }

    func add(to object: inout JSONObject) {
        if !image.isEmpty { object["image"] = .string(image) }
        if !mirrors.isEmpty { object["mirrors"] = .array(mirrors.map { .string($0) }) }
    }
}
