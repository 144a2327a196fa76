import BuildpackModel
import CNBCore
import Console
import POSIX
import PlatformModel

/// What a buildpack left below `<layers>/<buildpack>`: its layers and its store.toml.
struct BuildpackLayersDir {
    /// The buildpack.
    let buildpack: GroupElement
    /// The directory's path.
    let path: String
    /// The layers, in bytewise order of their names.
    let layers: [BuildpackLayerDir]
    /// The contents of store.toml; `nil` when there is no such file.
    let store: StoreTOML?
    /// The names of everything in the directory.
    private let items: [String]

    /// Reads the directory; a missing one has no layers.
    ///
    /// - Parameters:
    ///   - layersDir: The directory that holds those of all buildpacks.
    ///   - buildpack: The buildpack.
    /// - Throws: `BuildpackModelError` when the directory or store.toml cannot be read. A malformed `<layer>.toml` is
    ///   not thrown; it is the failure of that layer's ``BuildpackLayerDir/record``.
    init(layersDir: String, buildpack: GroupElement) throws(BuildpackModelError) {
        self.buildpack = buildpack
        path = Path.join(layersDir, buildpack.directoryName)
        let entries = try Self.entries(of: path)
        items = entries.map(\.name)
        var names: Set<String> = []
        var store: StoreTOML?
        for entry in entries where entry.type == .directory { names.insert(entry.name) }
        for entry in entries where entry.type != .directory && entry.name.hasSuffix(".toml") {
            let name = String(entry.name.dropLast(".toml".count))
            switch name {
            case "launch", "build": continue
            case "store": store = try TOMLFile.read(Path.join(path, entry.name))
            default: names.insert(name)
            }
        }
        self.store = store
        let directory = path
        layers = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            BuildpackLayerDir(reading: Path.join(directory, name), name: name, of: buildpack.id)
        }
    }

    private init(_ other: BuildpackLayersDir, layers: [BuildpackLayerDir], items: [String]) {
        buildpack = other.buildpack
        path = other.path
        store = other.store
        self.layers = layers
        self.items = items
    }

    /// The directory after `<layer>.toml` of some layers was written, which need not be read again.
    func adding(_ written: [BuildpackLayerDir]) -> BuildpackLayersDir {
        let added = written.filter { !Self.filesOfItsOwn.contains($0.name) }
        let known = Dictionary(layers.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let all = known.merging(added.map { ($0.name, $0) }, uniquingKeysWith: { $1 }).values
        return BuildpackLayersDir(
            self,
            layers: all.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
            items: Set(items).union(written.map { "\($0.name).toml" }).sorted {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
        )
    }

    /// Says at debug level what was read.
    func logItems(_ logger: Logger) {
        logger.debug("Reading buildpack directory: \(path)")
        for item in items { logger.debug("Reading buildpack directory item: \(item)") }
    }

    /// The names of files that are about no layer.
    private static let filesOfItsOwn = ["launch", "build", "store"]

    private static func entries(of path: String) throws(BuildpackModelError) -> [DirectoryEntry] {
        do {
            return try FileSystem.list(path)
        } catch {
            guard error.errno == .noSuchFile else { throw .file(error) }
            return []
        }
    }

    /// The layers for the cache.
    var cachedLayers: [BuildpackLayerDir] { layers.filter { $0.types?.cache ?? false } }

    /// The layers whose metadata cannot be read.
    var malformedLayers: [BuildpackLayerDir] { layers.filter { $0.types == nil } }
}

/// A layer as its buildpack left it: a directory, a `<layer>.toml`, or both.
struct BuildpackLayerDir {
    /// What messages call the layer: `<buildpack>:<layer>`.
    let identifier: String
    /// The layer's name.
    let name: String
    /// The path of the layer's directory, whether it is there or not.
    let path: String
    /// Types and metadata of the layer, and the diff id that the restorer noted, if any; or why they cannot be read.
    let record: Result<LayerRecord, BuildpackModelError>

    init(buildpackID: BuildpackID, name: String, path: String, record: Result<LayerRecord, BuildpackModelError>) {
        identifier = "\(buildpackID):\(name)"
        self.name = name
        self.path = path
        self.record = record
    }

    /// Reads what the buildpack says about a layer.
    init(reading path: String, name: String, of buildpackID: BuildpackID) {
        let record = Result { () throws(BuildpackModelError) in try Self.readRecord(path) }
        self.init(buildpackID: buildpackID, name: name, path: path, record: record)
    }

    /// The layer's record as far as its types go, `nil` when it cannot be read.
    var types: LayerRecord? { try? record.get() }

    /// Whether the buildpack left files, rather than only metadata for a layer that the previous image has.
    var hasContents: Bool { FileSystem.exists(path) }

    private static func readRecord(_ path: String) throws(BuildpackModelError) -> LayerRecord {
        let metadata: LayerMetadata = try TOMLFile.readIfPresent("\(path).toml") ?? LayerMetadata()
        var diffID = ""
        do {
            diffID = try FileSystem.readText("\(path).sha", limit: FileLimit.diffIDNote)
        } catch {
            guard error.errno == .noSuchFile else { throw .file(error) }
        }
        return LayerRecord(
            diffID: RecordedDiffID(text: diffID),
            metadata: metadata.metadata,
            build: metadata.build,
            launch: metadata.launch,
            cache: metadata.cache
        )
    }
}
