import Archive
import BuildpackModel
import CNBCore
import Console
import OCI
import POSIX
import PlatformModel

/// What the app image is built on.
struct ExportBase: Sendable {
    /// The run image.
    let runImage: any StoredImage
    /// The run image with the config that extensions gave it: the app image before its first layer.
    let draft: ImageDraft
    /// The image of the build before; `nil` when there was none.
    let previous: (any StoredImage)?
    /// The extended run image; `nil` when nothing was extended.
    let extended: ExtendedRunImage?
    /// When the app image says it was made.
    let created: Timestamp
}

/// A run image that the extender wrote, as the only layout below `<extended>/run`.
struct ExtendedRunImage: Sendable {
    let path: String
    let image: any StoredImage

    /// Opens the image, `nil` when there is none.
    static func open(below directory: String, inputs: ExportInputs) throws(ExportError) -> ExtendedRunImage? {
        let entries: [DirectoryEntry]
        do {
            entries = try FileSystem.list(directory)
        } catch {
            guard error.errno == .noSuchFile else { throw ExportError(error.description) }
            return nil
        }
        guard let entry = entries.first else { return nil }
        guard entries.count == 1 else {
            throw ExportError("expected directory \"\(directory)\" to have only 1 item; found \(entries.count)")
        }
        let path = Path.join(directory, entry.name)
        let image = try wrapping { try inputs.openLayout(path) }
        guard let image else { throw ExportError("there is no image in \(path)") }
        return ExtendedRunImage(path: path, image: image)
    }
}

extension ExportPhase {
    /// Opens the images that the app image is built on.
    func openBase(_ saver: ImageSaver) throws(PhaseError) -> ExportBase {
        let configImage = try extendedConfigImage()
        logPreviousImage()
        let created = creationTime()
        if inputs.platform.useLayout { logger.info("Using app image: \(saver.names.first ?? "")") }
        let previous: (any StoredImage)?
        let runImage: any StoredImage
        var draft: ImageDraft
        do {
            previous = try openPreviousImage()
            runImage = try openRunImage()
            draft = try ImageDraft(base: runImage)
            if inputs.platform.useLayout {
                let name = try ImageReference(inputs.platform.outputImage).identifier
                draft.annotations["org.opencontainers.image.ref.name"] = name
            }
        } catch {
            // With a daemon, a missing run image is a failure of exporting: until then its layers aren't needed.
            if inputs.platform.useDaemon, error.isMissingRunImage {
                throw PhaseError(.export, failedTo: "export", error)
            }
            throw PhaseError(.failed, failedTo: "create new app image", error)
        }
        try checkCompression(fits: runImage)
        if let configImage {
            logger.debug("Using config from extensions...")
            draft.container = configImage.image.config.container
            // Without the label, an extension has not promised that its layers fit newer run images.
            let promised = draft.container.labels[RebasableLabel.name] == "true"
            draft.container.labels[RebasableLabel.name] = promised ? "true" : "false"
        }
        return ExportBase(
            runImage: runImage,
            draft: draft,
            previous: previous,
            extended: try extendedImage(known: configImage),
            created: created
        )
    }

    /// Refuses a compression that has no media type in the app image's family, which is the run image's.
    private func checkCompression(fits runImage: any StoredImage) throws(PhaseError) {
        guard case .zstd = inputs.compression, runImage.family == .docker else { return }
        let cause =
            "CNB_LAYER_COMPRESSION: run image '\(runImage.reference)' has Docker's media types, none of which is for "
            + "layers compressed with zstd; use gzip, or a run image with OCI media types"
        throw PhaseError(.failed, failedTo: "create new app image", cause)
    }

    private func logPreviousImage() {
        guard let previousReference else { return }
        if inputs.platform.useDaemon {
            logger.debug("Reusing layers from image with id '\(previousReference)'")
        } else {
            logger.info("Reusing layers from image '\(pathOfLayout(previousReference) ?? previousReference)'")
        }
    }

    private func openPreviousImage() throws(OCIError) -> (any StoredImage)? {
        guard let previousReference else { return nil }
        return try images.open(previousReference, platform: nil)
    }

    private var previousReference: String? {
        guard let reference = inputs.analysis.previousImage, !reference.isEmpty else { return nil }
        return reference
    }

    /// The path within a layout's identifier `<path>@<digest>`; `nil` when images are not in layouts.
    private func pathOfLayout(_ identifier: String) -> String? {
        guard inputs.platform.useLayout, let at = identifier.lastIndex(of: "@") else { return nil }
        return String(identifier[..<at])
    }

    private func openRunImage() throws(OCIError) -> any StoredImage {
        guard let reference = inputs.platform.runImage else {
            throw .invalidReference("", reason: "no run image is named")
        }
        let image = try ImageOpening(store: images, kind: PhaseStores.Kind(inputs.platform), logger: logger)
            .open(reference)
        if inputs.platform.useLayout, let wanted = Self.digest(in: reference), wanted != image.manifestDigest {
            logger.warn(
                "run image '\(reference)' is named by digest \(wanted), but its layout has \(image.manifestDigest); "
                    + "going on with the latter"
            )
        }
        return image
    }

    /// The digest in a name or identifier.
    private static func digest(in reference: String) -> Digest? {
        guard let at = reference.lastIndex(of: "@") else { return nil }
        return Digest(parsing: String(reference[reference.index(after: at)...]))
    }

    // MARK: Extensions

    private var extendedRunDir: String? {
        guard platformAPI.supports(.runImageExtension), !inputs.platform.extendedDir.isEmpty else { return nil }
        return Path.join(inputs.platform.extendedDir, "run")
    }

    private func extendedImage(known: ExtendedRunImage?) throws(PhaseError) -> ExtendedRunImage? {
        guard let extendedRunDir else { return nil }
        if let known { return known }
        return try wrapping(.export, failedTo: "export") {
            try ExtendedRunImage.open(below: extendedRunDir, inputs: inputs)
        }
    }

    /// The image whose config replaces the run image's, where extensions have extended it.
    private func extendedConfigImage() throws(PhaseError) -> ExtendedRunImage? {
        guard platformAPI.supports(.runImageExtension) else { return nil }
        guard inputs.analysis.runImage?.extend ?? false else { return nil }
        let directory = Path.join(inputs.platform.extendedDir, "run")
        let extended = try wrapping(.failed, failedTo: "get extended image config") {
            try ExtendedRunImage.open(below: directory, inputs: inputs)
        }
        guard let extended else {
            throw PhaseError(.failed, failedTo: "get extended image config", "missing extended run image")
        }
        return extended
    }

    // MARK: Creation time

    private func creationTime() -> Timestamp {
        guard platformAPI.supports(.sourceDateEpoch), let text = inputs.sourceDateEpoch, !text.isEmpty else {
            return .normalized
        }
        guard let seconds = Int64(text), let time = Timestamp(seconds: seconds) else {
            logger.warn("Ignoring invalid SOURCE_DATE_EPOCH")
            return .normalized
        }
        return time
    }

    // MARK: Names of the run image

    /// Under which names newer versions of the run image can be found, for the labels of the app image.
    func runImageNames() throws(PhaseError) -> RunImageNames {
        guard platformAPI.supports(.runTOML) else { return try wrapping(.failed) { try namesOfStack() } }
        let offered = try wrapping(.failed) { try offeredRunImages() }
        guard let first = offered.first else { return RunImageNames() }
        let name = inputs.analysis.runImage?.image ?? ""
        if let match = offered.first(where: { $0.contains(name) }) { return match }
        // Extensions may have chosen a run image that run.toml does not know.
        return try wrapping(.failed) { try readBuildMetadata().extensions.isEmpty ? first : RunImageNames(image: name) }
    }

    private func namesOfStack() throws(PlatformModelError) -> RunImageNames {
        let path = inputs.platform.stackPath
        if let stack = try StackTOML.read(path) { return stack.runImage }
        logger.info("No stack metadata found at path \"\(path)\"")
        return RunImageNames()
    }

    private func offeredRunImages() throws(PlatformModelError) -> [RunImageNames] {
        let path = inputs.platform.runPath
        if let run = try RunTOML.read(path) { return run.images }
        logger.info("No run metadata found at path \"\(path)\"")
        return []
    }
}

extension OCIError {
    /// Whether there is no run image, or nothing in it.
    fileprivate var isMissingRunImage: Bool {
        switch self {
        case .noLayers: true
        case .store(let failure): failure.kind == .notFound
        default: false
        }
    }
}
