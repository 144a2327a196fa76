import CNBCore
public import Console
public import OCI
public import PlatformModel

/// Puts the layers of an app image on a newer run image, without building anything.
///
/// No layer is read: what changes are manifest, config and labels, and layers are mounted where they are needed.
///
/// See the [platform specification](https://github.com/buildpacks/spec/blob/main/platform.md#rebaser).
public struct RebasePhase: Sendable {
    /// What the phase needs to know.
    let inputs: RebaseInputs
    /// Where app image and run image are.
    let images: any ImageStore
    /// Told what happens.
    let logger: Logger

    public init(inputs: RebaseInputs, images: any ImageStore, logger: Logger) {
        self.inputs = inputs
        self.images = images
        self.logger = logger
    }

    var platformAPI: PlatformAPI { inputs.platformAPI }
    var isForced: Bool { inputs.platform.forceRebase }

    /// Rebases, and writes report.toml.
    ///
    /// - Returns: What report.toml says.
    /// - Throws: `PhaseError` of kind `failed` when the new run image cannot be opened, else mostly `rebase`.
    public func run() throws(PhaseError) -> Report {
        let appImage = try openAppImage()
        let metadata = try metadata(of: appImage)
        let name = try runImageName(metadata)
        // Of a run image for several platforms, the one that the app was built for is taken, not this machine's.
        let opening = ImageOpening(store: images, kind: PhaseStores.Kind(inputs.platform), logger: logger)
        let runImage = try wrapping(.failed, failedTo: "access run image") {
            try opening.open(name, platform: appImage.platform)
        }
        let report = try wrapping(.rebase, failedTo: "rebase") {
            try logger.timed("Rebaser") { () throws(ExportError) in
                try rebase(appImage, metadata, onto: NamedRunImage(name: name, image: runImage))
            }
        }
        try wrapping(.rebase, failedTo: "write rebase report") { try report.write(inputs.platform.reportPath) }
        return report
    }

    // MARK: Images

    /// The name of the image to rebase: the previous image where one is named, which then stays as it is.
    private var appImageName: String {
        inputs.platform.previousImage ?? inputs.platform.outputImage
    }

    /// Opens the image to rebase.
    private func openAppImage() throws(PhaseError) -> any StoredImage {
        let image = try wrapping(.rebase, failedTo: "set app image: failed to access image to rebase") {
            try images.open(appImageName, platform: nil)
        }
        guard let image else {
            let cause = "image '\(appImageName)' does not exist"
            throw PhaseError(.rebase, "failed to set app image: failed to access image to rebase: \(cause)")
        }
        return image
    }

    private func metadata(of image: any StoredImage) throws(PhaseError) -> LifecycleMetadataLabel {
        let text = image.config.container.labels[LifecycleMetadataLabel.name] ?? ""
        if text.isEmpty {
            logger.warn(
                "image '\(appImageName)' has no label \(LifecycleMetadataLabel.name): no lifecycle has built it, "
                    + "and an image can only be rebased if one has"
            )
        }
        return try wrapping(.rebase, failedTo: "set app image") {
            try LifecycleMetadataLabel(label: text, keepingForeignApp: true)
        }
    }

    /// The run image that the platform names, or else the best of those that the app image names.
    private func runImageName(_ metadata: LifecycleMetadataLabel) throws(PhaseError) -> String {
        if let name = inputs.platform.runImage { return name }
        let isInRunImage = platformAPI.supports(.runImageLabel) && !metadata.runImage.names.image.isEmpty
        let names = isInRunImage ? metadata.runImage.names : metadata.stack ?? RunImageNames()
        guard !names.image.isEmpty else {
            let cause = "-run-image is required when there is no run image metadata available"
            throw PhaseError(.rebase, "failed to set app image: failed to parse arguments: \(cause)")
        }
        return try wrapping(.rebase, failedTo: "set app image") {
            let registry = try ImageReference(appImageName).registry
            return try names.best(for: registry, access: access)
        }
    }

    private func access(_ name: String) -> ImageAccess {
        do {
            return try images.open(name, platform: nil) == nil ? .missing : .readable
        } catch {
            return .inaccessible
        }
    }

    // MARK: The rebase

    private func rebase(
        _ appImage: any StoredImage,
        _ original: LifecycleMetadataLabel,
        onto runImage: NamedRunImage
    ) throws(ExportError) -> Report {
        try validate(appImage, with: runImage.image)
        var metadata = original
        var draft = try wrapping("rebase app image") {
            var draft = try ImageDraft(base: appImage)
            try draft.rebase(
                above: try DiffID(original.runImage.topLayer.text),
                below: original.appLayers,
                onto: runImage.image
            )
            metadata.runImage.topLayer = RecordedDiffID(try runImage.image.topLayer())
            return draft
        }
        metadata.runImage.reference = runImage.image.identifier
        if platformAPI.supports(.runImageLabel) { try updateNames(&metadata, of: runImage) }
        try wrapping("marshall metadata") {
            let label = appImage.config.container.labels[LifecycleMetadataLabel.name] ?? ""
            draft.container.labels[LifecycleMetadataLabel.name] = try metadata.label(changing: label, from: original)
        }
        replaceRunImageLabels(of: &draft.container, by: runImage.image.config.container)
        let finished = draft.finished(keepingHistory: false)
        let references = [inputs.platform.outputImage] + inputs.platform.additionalTags
        let saver = try wrapping("saving image") { try ImageSaver(to: references, in: images, logger: logger) }
        return try saver.save(finished)
    }

    /// Takes over those labels of the run image that describe it, and drops those of the old one.
    private func replaceRunImageLabels(of container: inout ContainerConfig, by runImage: ContainerConfig) {
        let prefixes =
            ["io.buildpacks.stack."] + (platformAPI.supports(.baseLabels) ? ["io.buildpacks.base."] : [])
        let describesRunImage = { (name: String) in prefixes.contains(where: name.hasPrefix) }
        container.labels = container.labels.filter { !describesRunImage($0.key) }
        for (name, value) in runImage.labels where describesRunImage(name) { container.labels[name] = value }
    }

    /// Makes sure that the run image is one that the app image names, unless the user knows better.
    private func updateNames(_ metadata: inout LifecycleMetadataLabel, of runImage: NamedRunImage) throws(ExportError) {
        let known = metadata.runImage.names
        guard !known.contains(runImage.name), !(metadata.stack?.contains(runImage.name) ?? false) else { return }
        let existing =
            known.image.isEmpty
            ? metadata.stack?.labelText ?? "not found"
            : metadata.runImage.labelText
        let message =
            "rebase app image: new base image '\(runImage.name)' not found in existing run image metadata: \(existing)"
        guard isForced else { throw ExportError("\(message); \(Self.forceHint)") }
        logger.warn(message)
        metadata.runImage.names = RunImageNames(image: runImage.name)
        metadata.stack = metadata.runImage.names
    }

    static let forceHint = "please provide -force to override"
}

/// A run image, and the name by which the user or the app image chose it.
private struct NamedRunImage {
    let name: String
    let image: any StoredImage
}
