public import CNBCore
public import PlatformModel

/// What the rebase phase needs to know.
public struct RebaseInputs: Sendable {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// The platform's inputs, resolved: names of images, whether to force, where the report goes.
    public var platform: ResolvedInputs

    public init(platformAPI: PlatformAPI, platform: ResolvedInputs) {
        self.platformAPI = platformAPI
        self.platform = platform
    }
}
