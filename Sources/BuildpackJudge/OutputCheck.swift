import POSIX
import Sandbox
import TOML

/// What a layer is for.
struct LayerTypes: Equatable {
    var launch = false
    var build = false
    var cache = false

    init() {}

    /// Reads `[types]`.
    init(_ table: TOMLTable) {
        let types = table["types"]?.tableValue
        launch = types?["launch"]?.booleanValue ?? false
        build = types?["build"]?.booleanValue ?? false
        cache = types?["cache"]?.booleanValue ?? false
    }

    var isEmpty: Bool { self == LayerTypes() }
}

/// A layer that a buildpack has left.
struct WrittenLayer {
    let name: String
    let types: LayerTypes
    /// What the file says.
    let table: TOMLTable
    let hasContents: Bool
}

/// Checks what `bin/build` has left in its layers directory.
struct OutputCheck {
    let descriptor: Descriptor
    /// The build's files.
    let tree: RootTree
    /// The names in the Buildpack Plan.
    let planNames: Set<String>
    /// The names of layers that an earlier build has made; such a launch layer needs no directory.
    var earlierLayers: Set<String> = []

    /// Names of files that are not about layers.
    static let reservedNames: Set<String> = ["build", "launch", "store"]

    /// The buildpack's layers directory as it sees it.
    var layersDir: String { "/layers/\(descriptor.directoryName)" }

    /// What is in a directory of the build's tree, by name.
    func list(_ path: String) -> [DirectoryEntry] {
        let entries = tree.location(path).flatMap { try? FileSystem.list($0) } ?? []
        return entries.sorted { $0.name < $1.name }
    }

    /// What is in a file of the build's tree; nil when there is none.
    func read(_ path: String) -> [UInt8]? { try? tree.read(path) }

    /// Checks everything.
    /// - Parameter findings: Takes what is wrong.
    /// - Returns: The layers with a `<layer>.toml`, in bytewise order of their names.
    func run(_ findings: inout Findings) -> [WrittenLayer] {
        let entries = list(layersDir)
        let directories = Set(entries.filter { $0.type == .directory }.map(\.name))
        let files = entries.filter { $0.type != .directory }.map(\.name)
        let tomls = files.filter { $0.hasSuffix(".toml") && $0 != ".toml" }.map { String($0.dropLast(5)) }.sorted()
        var layers: [WrittenLayer] = []
        for name in tomls where !Self.reservedNames.contains(name) {
            if let layer = layer(name, directories, &findings) { layers.append(layer) }
        }
        checkDirectories(directories, named: Set(tomls), &findings)
        for layer in layers where layer.hasContents && !layer.types.isEmpty {
            LayerContentCheck(output: self, layer: layer).run(&findings)
        }
        LaunchCheck(output: self, layers: layers).run(&findings)
        checkBuildTOML(&findings)
        checkStore(&findings)
        SBOMCheck(output: self, layers: layers).run(files, &findings)
        return layers
    }

    // MARK: Layers

    private func layer(_ name: String, _ directories: Set<String>, _ findings: inout Findings) -> WrittenLayer? {
        let file = "\(layersDir)/\(name).toml"
        guard let table = ShapeCheck.parse(read(file), as: file, .layerSyntax, &findings) else { return nil }
        let check = ShapeCheck(file: file, typeRule: .layerType, unknownKeyRule: .layerUnknownKey)
        let known = findings.list.count
        let types: Shape = .table(["launch": .boolean, "build": .boolean, "cache": .boolean])
        var rest = table
        for key in ["launch", "build", "cache"] where table[key] != nil {
            rest.remove(key)
            findings.add(.layerTypesOutside, file, line: table.line(key), "\(key) is at the top level")
        }
        check.check(rest, ["types": types, "metadata": .freeTable], &findings)
        let isMalformed = findings.list.count > known
        if let execEnv = table["metadata"]?.tableValue?["exec-env"], descriptor.api.minor >= 12,
            execEnv.arrayValue?.allSatisfy({ $0.stringValue != nil }) != true
        {
            let message = "metadata.exec-env: expected an array of strings, found \(execEnv.typeName)"
            findings.add(.layerType, file, line: table.line("metadata"), message)
        }
        let layer = WrittenLayer(
            name: name,
            types: LayerTypes(table),
            table: table,
            hasContents: directories.contains(name)
        )
        if !isMalformed { checkContents(layer, file, directories, &findings) }
        return layer
    }

    private func checkContents(
        _ layer: WrittenLayer,
        _ file: String,
        _ directories: Set<String>,
        _ findings: inout Findings
    ) {
        let types = layer.types
        if types.isEmpty {
            guard layer.hasContents || directories.contains("\(layer.name).ignore") else { return }
            findings.add(.layerUnused, file, "the layer \(layer.name) is for nothing; the lifecycle has put it aside")
        } else if !layer.hasContents {
            let isReused = types.launch && !types.cache && !types.build && earlierLayers.contains(layer.name)
            if !isReused {
                findings.add(.layerWithoutContents, file, "the layer \(layer.name) has types, but no directory")
            }
        }
    }

    private func checkDirectories(_ names: Set<String>, named tomls: Set<String>, _ findings: inout Findings) {
        for name in names.sorted() {
            let path = "\(layersDir)/\(name)"
            // The lifecycle may already have put it aside, for lack of types.
            let plain = name.hasSuffix(".ignore") ? String(name.dropLast(7)) : name
            if Self.reservedNames.contains(plain) {
                findings.add(.layerNameReserved, path, "a layer must not be called \(plain)")
            } else if !tomls.contains(plain), !tomls.contains(name) {
                findings.add(.layerWithoutTOML, path, "the directory has no \(name).toml, so no layer is made of it")
            }
        }
    }

    // MARK: build.toml and store.toml

    private func checkBuildTOML(_ findings: inout Findings) {
        let file = "\(layersDir)/build.toml"
        guard let table = ShapeCheck.parse(read(file), as: file, .buildSyntax, &findings) else { return }
        ShapeCheck(file: file, typeRule: .buildType, unknownKeyRule: .buildUnknownKey)
            .check(table, ["unmet": .tables(["name": .string]), "bom": .tables(Self.bom)], &findings)
        for entry in table.subtables("unmet") {
            let name = entry.text("name") ?? ""
            guard !planNames.contains(name) else { continue }
            findings.add(.unmetName, file, line: entry.line(), "\"\(name)\" is not in the Buildpack Plan")
        }
        checkBOM(table, file, &findings)
    }

    static let bom: [String: Shape] = ["name": .string, "metadata": .freeTable, "version": .string]

    func checkBOM(_ table: TOMLTable, _ file: String, _ findings: inout Findings) {
        guard !table.subtables("bom").isEmpty else { return }
        findings.add(.bomDeprecated, file, line: table.line("bom"), "bom is deprecated since Buildpack API 0.7")
    }

    private func checkStore(_ findings: inout Findings) {
        let file = "\(layersDir)/store.toml"
        guard let table = ShapeCheck.parse(read(file), as: file, .storeSyntax, &findings) else { return }
        ShapeCheck(file: file, typeRule: .storeType, unknownKeyRule: .storeUnknownKey)
            .check(table, ["metadata": .freeTable], &findings)
    }
}
