/// An image in the making: a base image, layers added to it, and a config that can be changed.
///
/// All media types of the finished image are of one family, the base image's: tools refuse images that mix them.
public struct ImageDraft: Sendable {
    /// The media type family of manifest, config and layers.
    public let family: MediaTypeFamily
    /// The layers from the bottom up.
    public private(set) var layers: [ImageLayer]
    /// The platform that the image is for.
    public var platform: OCIPlatform {
        get { config.platform }
        set { config.platform = newValue }
    }
    /// What a container of the image runs.
    public var container: ContainerConfig {
        get { config.container }
        set { config.container = newValue }
    }
    /// Annotations of the manifest.
    public var annotations: [String: String]

    /// Layers and history of the config are only filled in when the image is finished.
    private var config: ImageConfig
    /// One entry a layer.
    private var history: [HistoryEntry]

    /// Begins an image without layers.
    ///
    /// - Parameters:
    ///   - platform: The platform that the image is for.
    ///   - family: The family of its media types.
    public init(platform: OCIPlatform, family: MediaTypeFamily) {
        self.family = family
        config = ImageConfig(platform: platform)
        layers = []
        history = []
        annotations = [:]
    }

    /// Begins an image that has everything another one has.
    ///
    /// - Parameter base: The image to begin with.
    /// - Throws: `OCIError.malformed` when the base's manifest and config do not fit together.
    public init(base: any StoredImage) throws(OCIError) {
        family = base.family
        config = base.config
        layers = try base.layers()
        history = base.config.history.normalized(layerCount: layers.count)
        annotations = base.manifest.annotations
    }

    /// The diff id of the last layer.
    ///
    /// - Returns: The last layer's diff id.
    /// - Throws: `OCIError.noLayers` when there is none.
    public func topLayer() throws(OCIError) -> DiffID {
        guard let last = layers.last else { throw .noLayers(image: "") }
        return last.diffID
    }

    /// Adds a layer on top.
    ///
    /// - Parameters:
    ///   - layer: The layer.
    ///   - createdBy: What the history says about it.
    public mutating func append(_ layer: ImageLayer, createdBy: String = "") {
        layers.append(layer)
        history.append(HistoryEntry(createdBy: createdBy))
    }

    /// Replaces the layers of the old base image by those of a new one.
    ///
    /// Only layers and platform change: environment, user and everything else that a container of the image runs stay.
    ///
    /// - Parameters:
    ///   - oldTop: The diff id of the old base's last layer in this image. The layer may occur several times: the base
    ///     ends with the last one that is below the layers of the app.
    ///   - appLayers: The diff ids of the app's layers, from the bottom up, as far as they are known.
    ///   - newBase: The new base image.
    /// - Throws: `OCIError.layerNotFound` when this image has no such layer, `.malformed` when the new base's manifest
    ///   and config do not fit together.
    public mutating func rebase(
        above oldTop: DiffID,
        below appLayers: [DiffID],
        onto newBase: any StoredImage
    ) throws(OCIError) {
        let below = layers[..<start(ofApp: appLayers, above: oldTop)]
        guard let top = below.lastIndex(where: { $0.diffID == oldTop }) else {
            throw .layerNotFound(diffID: oldTop, image: "the image to rebase")
        }
        let baseLayers = try newBase.layers()
        let baseHistory = newBase.config.history.normalized(layerCount: baseLayers.count)
        layers.replaceSubrange(...top, with: baseLayers)
        history.replaceSubrange(...top, with: baseHistory)
        var platform = newBase.config.platform
        let isSameProcessor = (platform.os, platform.architecture) == (self.platform.os, self.platform.architecture)
        if platform.variant.isEmpty, isSameProcessor { platform.variant = self.platform.variant }
        self.platform = platform
    }

    /// Where the layers of the app begin.
    ///
    /// They are the last ones of the image, so that a layer of the base which equals one of theirs is not taken for it.
    /// Where others have been added since, or not all are known, they begin with the first one that is no layer of the
    /// base for certain.
    private func start(ofApp appLayers: [DiffID], above oldTop: DiffID) -> Int {
        let last = layers.suffix(appLayers.count)
        if last.count < layers.count, Self.counts(last.map(\.diffID)) == Self.counts(appLayers) {
            return last.startIndex
        }
        let certain = Set(appLayers).subtracting([oldTop])
        let first = layers.firstIndex { $0.diffID == oldTop } ?? 0
        return layers[first...].firstIndex { certain.contains($0.diffID) } ?? layers.endIndex
    }

    private static func counts(_ diffIDs: [DiffID]) -> [DiffID: Int] {
        Dictionary(diffIDs.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// Writes down manifest and config.
    ///
    /// - Parameters:
    ///   - created: When the image and, as far as it tells, each layer was made.
    ///   - keepingHistory: Whether the history says how layers were made; otherwise its entries are blank.
    /// - Returns: The image's documents.
    public func finished(created: Timestamp = .normalized, keepingHistory: Bool) -> FinishedImage {
        var config = config
        config.forgetContainer()
        config.created = created.description
        config.diffIDs = layers.map(\.diffID)
        config.history = history.map { entry in
            var entry = keepingHistory ? entry : HistoryEntry()
            entry.created = created.description
            return entry
        }
        return FinishedImage(family: family, config: config, layers: layers, annotations: annotations)
    }
}
