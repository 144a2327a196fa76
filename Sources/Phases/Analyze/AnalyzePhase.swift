public import CNBCore
public import Console
import OCI
public import PlatformModel

/// What the analyze phase needs to know.
public struct AnalyzeInputs: Sendable {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// The layers directory, which takes the SBOM files of the previous image.
    public var layersDir: String
    /// The names under which the app image is going to be stored.
    public var destinationImages: [String]
    /// The image of the previous build; empty for none.
    public var previousImage: String
    /// The run image; empty for none.
    public var runImage: String
    /// The cache image; empty for none.
    public var cacheImage: String
    /// Whether the previous image's SBOM files are left alone.
    public var skipLayers: Bool

    /// Makes the inputs of the phase.
    public init(platformAPI: PlatformAPI, inputs: PlatformInputs) {
        self.platformAPI = platformAPI
        layersDir = inputs.layersDir
        destinationImages = inputs.destinationImages
        previousImage = inputs.previousImage
        runImage = inputs.runImage
        cacheImage = inputs.cacheImage
        skipLayers = inputs.skipLayers
    }
}

/// Finds out about the previous image and the run image, and that all images can be read and written as needed.
public struct AnalyzePhase: Sendable {
    /// Which images there are.
    private let inputs: AnalyzeInputs
    /// Where they are.
    private let stores: PhaseStores
    /// Told what was found.
    private let logger: Logger

    public init(inputs: AnalyzeInputs, stores: PhaseStores, logger: Logger) {
        self.inputs = inputs
        self.stores = stores
        self.logger = logger
    }

    /// Analyzes the images.
    ///
    /// A run image that doesn't exist is no error, as platforms may bring it later; a warning names it.
    ///
    /// - Returns: What analyzed.toml is to say.
    /// - Throws: A ``PhaseError`` of kind `analyze` when an image can't be accessed.
    public func run() throws(PhaseError) -> AnalysisMetadata {
        try checkAccess()
        let previousImage = try openPreviousImage()
        let runImage = inputs.runImage.isEmpty ? nil : try open(inputs.runImage, as: "run image")
        return try logger.timed("Analyzer") { () throws(PhaseError) in
            try analyze(previousImage: previousImage, runImage: runImage)
        }
    }

    private func analyze(
        previousImage: (any StoredImage)?,
        runImage: (any StoredImage)?
    ) throws(PhaseError) -> AnalysisMetadata {
        var analysis = AnalysisMetadata(previousImage: "", runImage: AnalyzedRunImage())
        if let label = previousLayers(previousImage) {
            analysis.layers = label
            analysis.previousImage = previousImage?.identifier ?? ""
        }
        if let previousImage, let sbom = analysis.layers.sbom, !sbom.isEmpty, restoresSBOM {
            SBOMRestorer(layersDir: inputs.layersDir, logger: logger).extract(sbom, from: previousImage)
        }
        if !inputs.runImage.isEmpty { analysis.runImage = try describe(runImage) }
        return analysis
    }

    private var restoresSBOM: Bool { inputs.platformAPI.supports(.sbomFiles) && !inputs.skipLayers }

    // MARK: Access

    private func checkAccess() throws(PhaseError) {
        let isRegistry = stores.kind == .registry
        for image in isRegistry ? [inputs.previousImage, inputs.runImage] : [] where !image.isEmpty {
            do {
                try stores.images.checkReadAccess(image)
            } catch {
                throw initializationError(
                    "validating registry read access: failed to ensure registry read access to",
                    image,
                    error
                )
            }
        }
        for image in [inputs.cacheImage] + (isRegistry ? inputs.destinationImages : []) where !image.isEmpty {
            do {
                try stores.registry.checkWriteAccess(image)
            } catch {
                throw initializationError(
                    "validating registry write access: failed to ensure registry read/write access to",
                    image,
                    error
                )
            }
        }
    }

    private func initializationError(_ action: String, _ image: String, _ error: OCIError) -> PhaseError {
        PhaseError(.analyze, failedTo: "initialize analyzer", "\(action) \(image): \(error)")
    }

    private func open(_ reference: String, as role: String) throws(PhaseError) -> (any StoredImage)? {
        try wrapping(.analyze, failedTo: "initialize analyzer: getting \(role)") {
            try stores.images.open(reference, platform: nil)
        }
    }

    /// What files and messages call an image: where it is, if that is a layout.
    private func name(of reference: String) -> String {
        (try? stores.images.displayName(of: reference)) ?? reference
    }

    // MARK: The previous image

    /// Opens the previous image; a damaged one is as good as none, and the build goes on without it.
    private func openPreviousImage() throws(PhaseError) -> (any StoredImage)? {
        guard !inputs.previousImage.isEmpty else { return nil }
        do {
            return try stores.images.open(inputs.previousImage, platform: nil)
        } catch {
            guard error.isDamage else {
                throw PhaseError(.analyze, failedTo: "initialize analyzer", "getting previous image: \(error)")
            }
            logger.info("Ignoring image \"\(inputs.previousImage)\" because it was corrupt")
            logger.debug("\(inputs.previousImage): \(error)")
            return nil
        }
    }

    /// What the previous image's label says; `nil` when the image can't be used.
    private func previousLayers(_ image: (any StoredImage)?) -> LifecycleMetadataLabel? {
        guard let image else {
            if !inputs.previousImage.isEmpty {
                logger.info("Image with name \"\(name(of: inputs.previousImage))\" not found")
            }
            return nil
        }
        logger.debug("Found image with identifier \"\(image.identifier)\"")
        logger.warnOfOtherPlatform(image, as: "previous image", named: name(of: inputs.previousImage))
        guard stores.kind == .layout || image.isComplete else {
            logger.info("Ignoring image \"\(name(of: inputs.previousImage))\" because it was corrupt")
            return nil
        }
        do {
            return try LifecycleMetadataLabel(label: image.config.container.labels[LifecycleMetadataLabel.name] ?? "")
        } catch {
            logger.debug("Ignoring the metadata of image \"\(inputs.previousImage)\": \(error)")
            return nil
        }
    }

    // MARK: The run image

    private func describe(_ image: (any StoredImage)?) throws(PhaseError) -> AnalyzedRunImage {
        var result = AnalyzedRunImage()
        if let image {
            logger.debug("Found image with identifier \"\(image.identifier)\"")
            result.reference = image.identifier
            logger.warnOfOtherPlatform(image, as: "run image", named: name(of: inputs.runImage))
        } else {
            logger.info("Image with name \"\(name(of: inputs.runImage))\" not found")
            logger.warn("Run image \"\(inputs.runImage)\" does not exist; it has to before the app image is exported")
        }
        guard inputs.platformAPI.supports(.targetData) else { return result }
        result.image = name(of: inputs.runImage)
        let target = image.map { RunImageTarget(analyzing: $0) } ?? RunImageTarget(OCIPlatform.current)
        guard !target.os.isEmpty else {
            throw PhaseError(.analyze, failedTo: "analyze", "failed to find OS in run image config")
        }
        result.target = target
        return result
    }
}

extension RunImageTarget {
    /// The target of an image of which only the platform is known.
    init(_ platform: OCIPlatform) {
        self.init(os: platform.os, arch: platform.architecture, variant: platform.variant)
    }
}
