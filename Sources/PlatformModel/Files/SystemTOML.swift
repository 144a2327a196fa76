public import BuildpackModel

/// system.toml: buildpacks that the platform puts before and after those of every group.
public struct SystemTOML: Sendable, Equatable {
    /// What comes before each group.
    public var pre: [GroupElement]
    /// What comes after each group.
    public var post: [GroupElement]

    public init(pre: [GroupElement] = [], post: [GroupElement] = []) {
        self.pre = pre
        self.post = post
    }
}
