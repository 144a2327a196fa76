public import BuildpackModel
import OCI

/// The buildpacks that a builder puts before and after those of every group, as in `/cnb/system.toml`.
public struct SystemModules: Equatable, Sendable {
    /// What comes before each group.
    public var pre: [GroupElement]
    /// What comes after each group.
    public var post: [GroupElement]

    public init(pre: [GroupElement] = [], post: [GroupElement] = []) {
        (self.pre, self.post) = (pre, post)
    }

    init(config: ImageConfig, image: String) throws(DistributionError) {
        let label = BuilderMetadata.systemLabel
        self.init()
        guard let value = try LabelFields.value(of: label, in: config, image: image) else { return }
        let fields = try LabelFields(value, label: label, image: image)
        pre = try fields.fields("pre")?.elements("buildpacks", kind: .buildpack) ?? []
        post = try fields.fields("post")?.elements("buildpacks", kind: .buildpack) ?? []
    }
}
