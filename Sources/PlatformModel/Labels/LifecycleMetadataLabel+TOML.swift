public import BuildpackModel
public import TOML

extension LifecycleMetadataLabel: TOMLReadable, TOMLWritable {
    /// Reads the `[metadata]` of analyzed.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init()
        for layer in try toml.tables("app") ?? [] { app.append(try layer.diffID()) }
        if let table = try toml.table("sbom") { sbom = try table.diffID() }
        buildpacks = try toml.values("buildpacks")
        config = try toml.table("config")?.diffID() ?? .none
        launcher = try toml.table("launcher")?.diffID() ?? .none
        processTypes = try toml.table("process-types")?.diffID() ?? .none
        if let table = try toml.table("run-image") {
            runImage = RunImageRecord(
                topLayer: RecordedDiffID(text: try table.string("top-layer")),
                reference: try table.string("reference") ?? "",
                names: try RunImageNames(toml: table)
            )
        }
        if let table = try toml.table("stack") {
            stack = try RunImageNames(toml: try table.table("run-image") ?? TOMLTable())
        }
    }

    /// The `[metadata]` of analyzed.toml.
    public var toml: TOMLTable {
        var table = TOMLTable()
        if !app.isEmpty { table.set("app", .array(TOMLArray(tables: app.map(Self.layer)))) }
        if let sbom { table.set("sbom", .table(Self.layer(sbom))) }
        table.setUnlessEmpty("buildpacks", buildpacks)
        table.set("config", .table(Self.layer(config)))
        table.set("launcher", .table(Self.layer(launcher)))
        table.set("process-types", .table(Self.layer(processTypes)))
        var image: TOMLTable = ["top-layer": .string(runImage.topLayer.text), "reference": .string(runImage.reference)]
        runImage.names.add(to: &image)
        table.set("run-image", .table(image))
        if let stack { table.set("stack", .table(["run-image": .table(stack.toml)])) }
        return table
    }

    private static func layer(_ diffID: RecordedDiffID) -> TOMLTable { ["sha": .string(diffID.text)] }
}

extension RunImageNames: TOMLReadable, TOMLWritable {
    /// Reads `image` and `mirrors` of run.toml, stack.toml or analyzed.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(image: try toml.string("image") ?? "", mirrors: try toml.strings("mirrors") ?? [])
    }

    /// A table with `image` and `mirrors`, as far as there are any.
    public var toml: TOMLTable {
        var table = TOMLTable()
        add(to: &table)
        return table
    }

    func add(to table: inout TOMLTable) {
        table.setUnlessEmpty("image", image)
        if !mirrors.isEmpty { table.set("mirrors", .array(TOMLArray(strings: mirrors))) }
    }
}

extension BuildpackLayers: TOMLReadable, TOMLWritable {
    /// Reads an element of `[[metadata.buildpacks]]`.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(id: try toml.string("key") ?? "", version: try toml.string("version") ?? "")
        if let table = try toml.table("layers") {
            for name in table.keys {
                guard let record = try table.table(name) else { continue }
                layers[name] = try LayerRecord(toml: record)
            }
        }
        if let table = try toml.table("store") { store = try StoreTOML(toml: table) }
    }

    /// An element of `[[metadata.buildpacks]]`.
    public var toml: TOMLTable {
        var records = TOMLTable()
        for name in sortedNames {
            if let record = layers[name] { records.set(name, .table(record.toml)) }
        }
        var table: TOMLTable = ["key": .string(id), "version": .string(version), "layers": .table(records)]
        if let store { table.set("store", .table(store.toml)) }
        return table
    }
}

extension LayerRecord: TOMLReadable, TOMLWritable {
    /// Reads the record of a layer.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(
            diffID: try toml.diffID(),
            metadata: toml["metadata"],
            build: try toml.boolean("build") ?? false,
            launch: try toml.boolean("launch") ?? false,
            cache: try toml.boolean("cache") ?? false
        )
    }

    /// The record as it stands in analyzed.toml.
    public var toml: TOMLTable {
        var table: TOMLTable = [
            "sha": .string(diffID.text),
            "build": .boolean(build),
            "launch": .boolean(launch),
            "cache": .boolean(cache),
        ]
        if let metadata { table.set("metadata", metadata) }
        return table
    }
}

extension TOMLTable {
    /// The diff id in the record of a layer.
    fileprivate func diffID() throws(TOMLError) -> RecordedDiffID { RecordedDiffID(text: try string("sha")) }
}
