import Archive
import BuildpackModel
import CNBCore
public import Console
import Dockerfile
import DockerfileEngine
public import OCI
import POSIX
import PlatformModel

/// Applies the Dockerfiles of image extensions to the image that this process runs in.
///
/// See the
/// [image extension specification](https://github.com/buildpacks/spec/blob/main/image_extension.md#phase-extension).
public struct ExtendPhase: Sendable {
    let inputs: ExtendInputs
    let baseImages: any ImageStore
    let extendedImages: any ImageStore
    let logger: Logger

    /// Prepares the phase; nothing is read yet.
    ///
    /// - Parameters:
    ///   - inputs: What the phase is told.
    ///   - baseImages: Has the images to extend, at paths below `PlatformInputs.imagesToExtendDir`; without layers.
    ///   - extendedImages: Takes the extended run image, at a path below the extended directory.
    ///   - logger: Is told what happens, and shows what commands print.
    public init(
        inputs: ExtendInputs,
        baseImages: any ImageStore,
        extendedImages: any ImageStore,
        logger: Logger
    ) {
        self.inputs = inputs
        self.baseImages = baseImages
        self.extendedImages = extendedImages
        self.logger = logger
    }

    /// Extends the image: a build image in place, a run image by writing what it has become to `<extended>/run`.
    ///
    /// - Returns: The config of the extended image.
    /// - Throws: A ``PhaseError`` of kind `extend` when that isn't possible, of kind `failed` when the inputs can't be
    ///   read.
    @discardableResult
    public func run() throws(PhaseError) -> ContainerConfig {
        try logger.timed("Extender") { () throws(PhaseError) in try extend() }
    }

    private func extend() throws(PhaseError) -> ContainerConfig {
        let kind = inputs.kind
        let group: Group = try wrapping(.failed, failedTo: "read group file") {
            try TOMLFile.read(inputs.platform.groupPath)
        }
        let (base, reference) = try openBase()
        let dockerfiles = try ExtensionDockerfile.find(group.extensions, inputs)
        if dockerfiles.isEmpty { logger.info("There are no \(kind.fileName)s to apply") }
        var image = try wrapping(.extend, failedTo: "read base image \(reference)") {
            try ExtendedImage(base, reference: reference)
        }
        let pool = CompressionPool()
        if !dockerfiles.isEmpty {
            let engine = try engine(for: base, pool)
            for dockerfile in dockerfiles {
                logger.info("Extending \(kind.rawValue) image by \(dockerfile.path)")
                try apply(dockerfile, with: engine, to: &image)
            }
            if kind == .build { try wrapping(.extend, failedTo: action) { try engine.finish() } }
            if kind == .run { try checkUser(of: image, engine) }
            engine.pruneCache()
        }
        if kind == .run { try ExtendedImageOutput(self).write(image) }
        return image.draft.container
    }

    /// What fails if the phase fails.
    private var action: String { "extend \(inputs.kind.rawValue) image" }

    // MARK: - The base image

    /// Opens what the restorer has left of the image that this process runs in.
    ///
    /// - Returns: The image, and its reference.
    private func openBase() throws(PhaseError) -> (image: any StoredImage, reference: String) {
        let analysis = try AnalysisMetadata.read(inputs.platform.analyzedPath, to: action, logger: logger)
        let named = inputs.kind == .build ? analysis.buildImage : analysis.runImage?.reference
        guard let reference = named, let at = reference.lastIndex(of: "@"),
            let digest = try? Digest(String(reference[reference.index(after: at)...]))
        else {
            let found = named.map { "found \"\($0)\"" } ?? "found none"
            throw PhaseError(
                .extend,
                failedTo: "find the \(inputs.kind.rawValue) image to extend",
                "\(inputs.platform.analyzedPath): expected a reference with a digest, which the restorer puts there; \(found)"
            )
        }
        let path = Path.join(inputs.platform.imagesToExtendDir, digest.description)
        let image = try wrapping(.extend, failedTo: "read base image \(reference)") {
            try baseImages.open(path, platform: nil)
        }
        guard let image else {
            throw PhaseError(
                .extend,
                failedTo: "read base image \(reference)",
                "there is no \(path); the restorer puts it there, so both have to have the same \(inputs.platform.kanikoDir)"
            )
        }
        return (image, reference)
    }

    // MARK: - Applying

    private func engine(for base: any StoredImage, _ pool: CompressionPool) throws(PhaseError) -> DockerfileEngine {
        var settings = EngineSettings(
            cacheDir: Path.join(inputs.platform.kanikoDir, "cache", "layers"),
            cacheLifetime: inputs.platform.kanikoCacheTTL,
            exclusions: inputs.exclusions
        )
        settings.transientEnvironment = inputs.proxies
        settings.normalizesTimes = inputs.normalizesTimes
        return try wrapping(.extend, failedTo: action) {
            try DockerfileEngine(
                settings: settings,
                base: base.manifestDigest,
                config: base.config.container,
                pool: pool,
                logger: logger
            )
        }
    }

    private func apply(
        _ dockerfile: ExtensionDockerfile,
        with engine: DockerfileEngine,
        to image: inout ExtendedImage
    ) throws(PhaseError) {
        let user = engine.userParts
        var arguments = dockerfile.arguments
        arguments["base_image"] = image.reference
        arguments["build_id"] = RandomBytes.uuid
        arguments["user_id"] = user.user
        arguments["group_id"] = user.group
        let application = DockerfileApplication(
            document: dockerfile.document,
            name: dockerfile.name(inputs.kind),
            contextDir: dockerfile.contextDir,
            arguments: arguments
        )
        let labels = try wrapping(.extend, failedTo: action) { try engine.apply(application) }
        image.take(engine, from: dockerfile.extensionID, ownLabels: labels)
    }

    // MARK: - Rules

    /// Refuses an image that would run as root, and tells of one that runs as another user than before.
    private func checkUser(of image: ExtendedImage, _ engine: DockerfileEngine) throws(PhaseError) {
        let user = image.draft.container.user
        if engine.isRoot(user) {
            throw PhaseError(
                .extend,
                failedTo: "extend run image",
                "the last extension leaves root as the user; "
                    + "put USER ${user_id}:${group_id} at the end of its run.Dockerfile"
            )
        }
        let original = image.originalUser
        if user.prefix(while: { $0 != ":" }) != original.prefix(while: { $0 != ":" }) {
            logger.warn("The original user of the run image was '\(original)', but extensions leave it '\(user)'")
        }
    }
}

extension EngineError: PlacedError {}
