public import Archive
public import BuildpackModel
public import CNBCore
public import OCI
public import PlatformModel

/// What the export phase needs to know.
public struct ExportInputs: Sendable {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// The platform's inputs, resolved: names of images, directories, owners.
    public var platform: ResolvedInputs
    /// The buildpacks that took part in the build.
    public var group: Group
    /// What the phases before have found out about previous image and run image.
    public var analysis: AnalysisMetadata
    /// The version of the launcher that goes into the image.
    public var launcher: BuildMetadataLabel.LauncherVersion
    /// The value of `SOURCE_DATE_EPOCH`; `nil` when it is not set.
    public var sourceDateEpoch: String?
    /// How new layers are compressed.
    public var compression: LayerCompression
    /// Opens the OCI layout at a path, which is where extended run images are.
    public var openLayout: @Sendable (_ path: String) throws(OCIError) -> (any StoredImage)?

    /// Collects the inputs.
    ///
    /// - Parameters:
    ///   - platformAPI: The Platform API.
    ///   - platform: The platform's inputs, resolved for this phase.
    ///   - group: The buildpacks that took part in the build.
    ///   - analysis: What the phases before have found out.
    ///   - launcher: The version of the launcher.
    ///   - sourceDateEpoch: The value of `SOURCE_DATE_EPOCH`, if it is set.
    ///   - compression: How new layers are compressed.
    ///   - openLayout: Opens the OCI layout at a path; `nil` when there is none.
    public init(
        platformAPI: PlatformAPI,
        platform: ResolvedInputs,
        group: Group,
        analysis: AnalysisMetadata,
        launcher: BuildMetadataLabel.LauncherVersion,
        sourceDateEpoch: String? = nil,
        compression: LayerCompression = .standard,
        openLayout: @escaping @Sendable (_ path: String) throws(OCIError) -> (any StoredImage)? = { _ in nil }
    ) {
        self.platformAPI = platformAPI
        self.platform = platform
        self.group = group
        self.analysis = analysis
        self.launcher = launcher
        self.sourceDateEpoch = sourceDateEpoch
        self.compression = compression
        self.openLayout = openLayout
    }
}
