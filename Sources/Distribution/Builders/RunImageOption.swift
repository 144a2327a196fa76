import OCI

/// A run image that a builder offers, and where else it can be had.
public struct RunImageOption: Hashable, Sendable {
    /// The image's own name.
    public var image: String
    /// Other places with the same image, in the builder's order.
    public var mirrors: [String]

    public init(image: String, mirrors: [String] = []) {
        (self.image, self.mirrors) = (image, mirrors)
    }

    /// Where to look for the run image, the best place first: the first that can be read is the one.
    ///
    /// Places on the preferred registry come before the others; among equals, mirrors that somebody configured come
    /// before the image's own name, and that before the builder's mirrors. Names that are no image references are left
    /// out, and every name is there once.
    ///
    /// - Parameters:
    ///   - configuredMirrors: Mirrors of this image from the configuration.
    ///   - preferredRegistry: The registry that the app image goes to when it is published, or else the one that the
    ///     builder came from, as `ImageReference.registry` has it; nil where there is neither.
    /// - Returns: Names of images; empty only if none of the names is a reference.
    public func candidates(configuredMirrors: [String] = [], preferredRegistry: String?) -> [String] {
        var seen: Set<String> = []
        let named: [(name: String, registry: String)] = (configuredMirrors + [image] + mirrors).compactMap { name in
            guard let reference = try? ImageReference(name), seen.insert(reference.name).inserted else { return nil }
            return (name, reference.registry)
        }
        let near = named.filter { $0.registry == preferredRegistry }
        let others = named.filter { $0.registry != preferredRegistry }
        return (near + others).map(\.name)
    }

    /// The run images in a builder's label: `images`, or the one of the stack in old builders.
    static func list(_ fields: LabelFields) throws(DistributionError) -> [RunImageOption] {
        var entries = try fields.list("images")
        if entries.isEmpty, let single = try fields.fields("stack")?.fields("runImage") { entries = [single] }
        var options: [RunImageOption] = []
        for entry in entries {
            let option = RunImageOption(image: try entry.text("image"), mirrors: try entry.texts("mirrors"))
            if !option.image.isEmpty || !option.mirrors.isEmpty { options.append(option) }
        }
        return options
    }
}

/// Which run image a build takes: what was asked for, or the default of the builder.
public enum RunImageChoice {
    /// Where to look for the run image, the best place first.
    ///
    /// - Parameters:
    ///   - requested: The image that was asked for (`--run-image`), which is then the only one.
    ///   - options: What the builder offers, the default first.
    ///   - configuredMirrors: Mirrors from the configuration by the name of the image that they are of.
    ///   - preferredRegistry: The registry that the app image goes to when it is published, or else the one that the
    ///     builder came from; nil where there is neither.
    /// - Returns: Names of images; empty when nothing was asked for and the builder offers nothing.
    public static func candidates(
        requested: String?,
        options: [RunImageOption],
        configuredMirrors: [String: [String]] = [:],
        preferredRegistry: String?
    ) -> [String] {
        if let requested, !requested.isEmpty { return [requested] }
        guard let option = options.first else { return [] }
        return option.candidates(
            configuredMirrors: configuredMirrors[option.image] ?? [],
            preferredRegistry: preferredRegistry
        )
    }
}
