public import Archive
public import Console
public import Dockerfile
public import OCI
import POSIX

/// A layer that an instruction has made.
public struct BuiltLayer: Sendable {
    /// The digest of the blob.
    public var digest: Digest
    /// The digest of the uncompressed tar.
    public var diffID: DiffID
    /// The number of bytes of the blob.
    public var size: Int64
    /// How the blob is compressed, as media types have it: `gzip`, `zstd`, or empty for not at all.
    public var compression: String
    /// Where the blob is.
    public var blobPath: String
    /// The instruction in one line.
    public var createdBy: String
}

/// A Dockerfile to apply.
public struct DockerfileApplication: Sendable {
    /// The Dockerfile; its rules have been checked.
    public var document: DockerfileDocument
    /// What messages call it: `run.Dockerfile of extension acme/apt`.
    public var name: String
    /// The directory that `COPY` and `ADD` copy from.
    public var contextDir: String
    /// The values of build arguments.
    public var arguments: [String: String]

    /// Describes what to apply.
    ///
    /// - Parameters:
    ///   - document: The Dockerfile.
    ///   - name: What messages call it.
    ///   - contextDir: The directory that `COPY` and `ADD` copy from.
    ///   - arguments: The values of build arguments.
    public init(document: DockerfileDocument, name: String, contextDir: String, arguments: [String: String]) {
        self.document = document
        self.name = name
        self.contextDir = contextDir
        self.arguments = arguments
    }
}

/// Applies Dockerfiles, one after the other, to the root of the container that this process is in.
///
/// After each instruction that may change files, what it has changed becomes a layer; what earlier builds have made of the
/// same instruction on the same base is taken from the cache. Layers from the cache are only put on disk once a command
/// needs them, or at ``finish()``.
public final class DockerfileEngine {
    let settings: EngineSettings
    let logger: Logger
    private let store: LayerStore
    private let layerEngine: LayerEngine
    private var survey: RootSurvey
    private let mountsAtStart: MountTable
    private var key: CacheKey
    /// Whether all instructions so far have come from the cache.
    private var isCached = true
    /// Layers from the cache that are not on disk yet.
    private var pending: [StoredLayer] = []

    /// The config of the image so far.
    public private(set) var config: ContainerConfig
    /// The layers so far, without those of the base image.
    public private(set) var layers: [BuiltLayer] = []

    /// Prepares.
    ///
    /// - Parameters:
    ///   - settings: Where, and how.
    ///   - base: The digest of the base image's manifest, of which the root is an instance.
    ///   - config: The base image's config.
    ///   - pool: The threads that compress layers.
    ///   - logger: Told what happens, and shows what commands print.
    /// - Throws: `EngineError` when `/proc` is not mounted, or the cache can't be used.
    public init(
        settings: EngineSettings,
        base: Digest,
        config: ContainerConfig,
        pool: CompressionPool,
        logger: Logger
    ) throws(EngineError) {
        self.settings = settings
        self.config = config
        self.logger = logger
        let start = CacheKey(base: base)
        // Layers with other times are other layers.
        key = settings.normalizesTimes ? start.adding(["normalized times"]) : start
        layerEngine = LayerEngine(pool: pool)
        do {
            mountsAtStart = try MountTable()
        } catch {
            throw .engine(action: "find out what is mounted, for which /proc has to be", reason: error.description)
        }
        do {
            store = try LayerStore(directory: settings.cacheDir, lifetime: settings.cacheLifetime)
        } catch {
            throw .engine(action: "use the cache for layers", reason: error.description)
        }
        if settings.root == "/" {
            do {
                try Descendants.adopt()
            } catch {
                throw .engine(action: "find processes that commands leave behind", reason: error.description)
            }
        }
        let mounts = settings.root == "/" ? Array(mountsAtStart.points) : []
        let excluded = EngineSettings.alwaysExcluded + settings.exclusions + mounts + [settings.cacheDir]
        survey = RootSurvey(root: settings.root, exclusions: TreeExclusions(excluded))
    }

    /// Applies a Dockerfile to what those before have left.
    ///
    /// - Parameter application: The Dockerfile.
    /// - Returns: The labels that the Dockerfile itself has set.
    /// - Throws: `EngineError` for the first instruction that fails; the root is then in an unknown state.
    @discardableResult
    public func apply(_ application: DockerfileApplication) throws(EngineError) -> [String: String] {
        let instructions = application.document.instructions
        let total = instructions.count
        var stage = Stage(config: config, given: application.arguments, escape: application.document.escape)
        var isGlobal = true
        for (index, instruction) in instructions.enumerated() {
            logger.debug("[\(index + 1)/\(total)] \(instruction.summary)")
            do {
                if instruction.name == "FROM" {
                    isGlobal = false
                } else {
                    try apply(instruction, to: &stage, isGlobal: isGlobal, application)
                }
            } catch {
                let place = InstructionPlace(instruction, in: application.name)
                throw .instruction(place, reason: error.reason, output: error.output)
            }
            config = stage.config
        }
        return stage.ownLabels
    }

    /// Puts on disk what came from the cache, so that the root is an instance of the image.
    ///
    /// - Throws: `EngineError` when a layer can't be applied.
    public func finish() throws(EngineError) {
        do {
            try materialize()
        } catch {
            throw .engine(action: "apply layers from the cache", reason: error.reason)
        }
    }

    // MARK: - The user

    /// The parts of the config's user, for arguments that put it back: numbers for root and for a group that isn't named.
    public var userParts: (user: String, group: String) {
        let parts = config.user.split(separator: ":", maxSplits: 1).map(String.init)
        let group =
            parts.count == 2 ? parts[1] : (try? Accounts(root: settings.root).identity(config.user))?.gid.description
        return (parts.first ?? "0", group ?? "0")
    }

    /// Whether a user of an image's config is root.
    ///
    /// - Parameter user: The value of the config's `User`.
    /// - Returns: Whether it names root by name, number, or not at all.
    public func isRoot(_ user: String) -> Bool {
        if let identity = try? Accounts(root: settings.root).identity(user) { return identity.uid == 0 }
        return ["root", "0"].contains(user.prefix { $0 != ":" })
    }

    /// Removes what is too old from the cache.
    public func pruneCache() { store.prune() }

    // MARK: - Instructions

    private func apply(
        _ instruction: DockerfileInstruction,
        to stage: inout Stage,
        isGlobal: Bool,
        _ application: DockerfileApplication
    ) throws(InstructionFailure) {
        switch instruction.name {
        case "ARG": try stage.declare(instruction, isGlobal: isGlobal)
        case "ENV": try stage.setEnvironment(instruction)
        case "LABEL": try stage.setLabels(instruction)
        case "USER": try stage.setUser(instruction)
        case "SHELL": stage.config.shell = instruction.arguments
        case "WORKDIR": try setWorkingDirectory(instruction, &stage)
        case "RUN": try run(instruction, stage)
        case "ADD", "COPY": try copy(instruction, stage, contextDir: application.contextDir)
        default:
            logger.warn(
                "\(application.name), line \(instruction.line): \(instruction.name) is not for image extensions and has "
                    + "no effect"
            )
        }
    }

    // MARK: - Layers

    /// Does what an instruction does to files, unless the cache has it, and makes a layer of it.
    ///
    /// - Parameters:
    ///   - instruction: The instruction.
    ///   - inputs: All that its result depends on besides the image so far.
    ///   - work: Changes files.
    /// - Throws: What `work` throws, or that no layer could be made.
    func perform(
        _ instruction: DockerfileInstruction,
        inputs: [String],
        _ work: () throws(InstructionFailure) -> Void
    ) throws(InstructionFailure) {
        key = key.adding([instruction.name] + inputs)
        // What follows something new may depend on it in ways that its key doesn't show.
        if isCached, let entry = store.find(key) {
            logger.info("\(instruction.summary) (cached)")
            guard case .layer(let layer) = entry else { return }
            pending.append(layer)
            append(layer, instruction)
            return
        }
        isCached = false
        logger.info(instruction.summary)
        try materialize()
        let begin = Clock.monotonicNanoseconds
        do {
            if try survey.prepare() {
                logger.debug("Surveyed \(survey.count) files in \(Self.milliseconds(since: begin)) ms")
            }
        } catch {
            throw InstructionFailure("looking through \(settings.root): \(error)")
        }
        try work()
        let entry = try makeLayer(instruction)
        do {
            try store.remember(entry, for: key)
        } catch {
            throw InstructionFailure("writing to the cache: \(error)")
        }
    }

    private func makeLayer(_ instruction: DockerfileInstruction) throws(InstructionFailure) -> LayerStore.Entry {
        do {
            let begin = Clock.monotonicNanoseconds
            let changes = try survey.update()
            let time = Self.milliseconds(since: begin)
            logger.debug("\(changes.count) changes among \(survey.count) files, found in \(time) ms")
            guard !changes.isEmpty else { return .nothing }
            var content = LayerContent([.changes(LayerChanges(root: settings.root, changes))])
            content.keepsTimes = !settings.normalizesTimes
            let layer = try store.write(content, with: layerEngine, compression: settings.compression)
            append(layer, instruction)
            return .layer(layer)
        } catch {
            throw InstructionFailure("making a layer of what has changed: \(error)")
        }
    }

    private static func milliseconds(since begin: Int64) -> Int64 { (Clock.monotonicNanoseconds &- begin) / 1_000_000 }

    private func append(_ layer: StoredLayer, _ instruction: DockerfileInstruction) {
        layers.append(
            BuiltLayer(
                digest: layer.digest,
                diffID: DiffID(layer.diffID),
                size: layer.size,
                compression: layer.compression,
                blobPath: store.blobPath(layer.digest),
                createdBy: instruction.summary
            )
        )
    }

    /// Puts layers from the cache on disk.
    private func materialize() throws(InstructionFailure) {
        guard !pending.isEmpty else { return }
        let exclusions = survey.exclusions
        let application = LayerApplication(root: settings.root) { exclusions.cover($0) }
        do {
            for layer in pending {
                logger.debug("Applying layer \(layer.digest) from the cache")
                try application.apply(
                    try FileSource(path: store.blobPath(layer.digest)),
                    expecting: .both(stream: layer.digest, diffID: layer.diffID)
                )
            }
        } catch {
            throw InstructionFailure("applying a layer from the cache: \(error)")
        }
        pending = []
    }

    // MARK: - Mounts

    /// Makes sure that a command has left alone what is mounted; what it has mounted itself is left out of layers.
    func checkMounts() throws(InstructionFailure) {
        guard settings.root == "/" else { return }
        let mounts: MountTable
        do {
            mounts = try MountTable()
        } catch {
            throw InstructionFailure("the command has unmounted /proc, which has to stay mounted")
        }
        if let gone = mountsAtStart.points.subtracting(mounts.points).min() {
            throw InstructionFailure("the command has unmounted \(gone), which has to stay mounted")
        }
        for point in mounts.points.subtracting(mountsAtStart.points).sorted() {
            logger.warn("The command has left \(point) mounted; what is there is no part of the image")
            survey.exclusions.insert(point)
        }
    }
}
