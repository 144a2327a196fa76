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
    /// The image of the previous build; `nil` for none.
    public var previousImage: String?
    /// The run image; `nil` for none.
    public var runImage: String?
    /// The cache image; empty for none.
    public var cacheImage: String
    /// Whether the previous image's SBOM files are left alone.
    public var skipLayers: Bool

    /// Makes the inputs of the phase.
    public init(platformAPI: PlatformAPI, inputs: ResolvedInputs) {
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
        let runImage = try openRunImage()
        return try logger.timed("Analyzer") { () throws(PhaseError) in
            try analyze(previousImage: previousImage, runImage: runImage)
        }
    }

    private func analyze(
        previousImage: NamedImage?,
        runImage: NamedImage?
    ) throws(PhaseError) -> AnalysisMetadata {
        var analysis = AnalysisMetadata(previousImage: "", runImage: AnalyzedRunImage())
        if let previousImage, let (image, layers) = usable(previousImage) {
            analysis.layers = layers
            analysis.previousImage = image.identifier
            if let sbom = layers.sbom, !sbom.isNone, restoresSBOM {
                SBOMRestorer(layersDir: inputs.layersDir, logger: logger).extract(sbom, from: image)
            }
        }
        if let runImage { analysis.runImage = try describe(runImage) }
        return analysis
    }

    private var restoresSBOM: Bool { inputs.platformAPI.supports(.sbomFiles) && !inputs.skipLayers }

    // MARK: Access

    private func checkAccess() throws(PhaseError) {
        let isRegistry = stores.kind == .registry
        for image in isRegistry ? [inputs.previousImage, inputs.runImage].compactMap({ $0 }) : [] {
            let action = "validating registry read access: failed to ensure registry read access to \(image)"
            try wrapping(.analyze, failedTo: "initialize analyzer: \(action)") {
                try stores.images.checkReadAccess(image)
            }
        }
        for image in [inputs.cacheImage] + (isRegistry ? inputs.destinationImages : []) where !image.isEmpty {
            let action = "validating registry write access: failed to ensure registry read/write access to \(image)"
            try wrapping(.analyze, failedTo: "initialize analyzer: \(action)") {
                try stores.registry.checkWriteAccess(image)
            }
        }
    }

    /// An image by the name that it is asked for by; `nil` where there is none.
    private struct NamedImage {
        let reference: String
        /// What files and messages call it: where it is, if that is a layout.
        let name: String
        let image: (any StoredImage)?
    }

    /// What files and messages call an image: where it is, if that is a layout.
    private func name(of reference: String) -> String {
        (try? stores.images.displayName(of: reference)) ?? reference
    }

    // MARK: The previous image

    /// Opens the previous image; a damaged one is as good as none, and the build goes on without it.
    private func openPreviousImage() throws(PhaseError) -> NamedImage? {
        guard let reference = inputs.previousImage else { return nil }
        do {
            let image = try stores.images.open(reference, platform: nil)
            return NamedImage(reference: reference, name: name(of: reference), image: image)
        } catch {
            guard error.isDamage else {
                throw PhaseError(.analyze, failedTo: "initialize analyzer", "getting previous image: \(error)")
            }
            logger.info("Ignoring image \"\(reference)\" because it was corrupt")
            logger.debug("\(reference): \(error)")
            return NamedImage(reference: reference, name: name(of: reference), image: nil)
        }
    }

    /// The previous image and what its label says; `nil` when the image can't be used.
    private func usable(_ previous: NamedImage) -> (image: any StoredImage, layers: LifecycleMetadataLabel)? {
        guard let image = previous.image else {
            logger.info("Image with name \"\(previous.name)\" not found")
            return nil
        }
        logger.debug("Found image with identifier \"\(image.identifier)\"")
        logger.warnOfOtherPlatform(image, as: "previous image", named: previous.name)
        guard stores.kind == .layout || image.isComplete else {
            logger.info("Ignoring image \"\(previous.name)\" because it was corrupt")
            return nil
        }
        do {
            return (image, try LifecycleMetadataLabel(of: image))
        } catch {
            logger.debug("Ignoring the metadata of image \"\(previous.reference)\": \(error)")
            return nil
        }
    }

    // MARK: The run image

    private func openRunImage() throws(PhaseError) -> NamedImage? {
        guard let reference = inputs.runImage else { return nil }
        let image = try wrapping(.analyze, failedTo: "initialize analyzer: getting run image") {
            try stores.images.open(reference, platform: nil)
        }
        return NamedImage(reference: reference, name: name(of: reference), image: image)
    }

    private func describe(_ runImage: NamedImage) throws(PhaseError) -> AnalyzedRunImage {
        var result = AnalyzedRunImage()
        if let image = runImage.image {
            logger.debug("Found image with identifier \"\(image.identifier)\"")
            result.reference = image.identifier
            logger.warnOfOtherPlatform(image, as: "run image", named: runImage.name)
        } else {
            logger.info("Image with name \"\(runImage.name)\" not found")
            logger.warn(
                "Run image \"\(runImage.reference)\" does not exist; it has to before the app image is exported"
            )
        }
        guard inputs.platformAPI.supports(.targetData) else { return result }
        result.image = runImage.name
        let target = runImage.image.map { RunImageTarget(analyzing: $0) } ?? RunImageTarget(OCIPlatform.current)
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
