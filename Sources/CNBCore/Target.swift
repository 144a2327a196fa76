/// A distribution of an operating system, as `/etc/os-release` names it (`ID` and `VERSION_ID`).
public struct Distribution: Hashable, Sendable {
    /// The name, such as `ubuntu`; empty when unknown or when any will do.
    public var name: String
    /// The version, such as `24.04`; empty when unknown or when any will do.
    public var version: String

    /// A distribution.
    ///
    /// - Parameters:
    ///   - name: The name, or an empty string.
    ///   - version: The version, or an empty string.
    public init(name: String = "", version: String = "") {
        self.name = name
        self.version = version
    }

    /// Whether name and version agree, an empty one agreeing with everything.
    ///
    /// - Parameter other: The distribution to compare with.
    /// - Returns: Whether they agree.
    public func agrees(with other: Distribution) -> Bool {
        agree(name, other.name) && agree(version, other.version)
    }
}

/// A runtime environment that a buildpack supports, or that a base image is.
///
/// Empty fields are unknown or match anything. A base image has at most one distribution.
public struct Target: Hashable, Sendable {
    /// The operating system in Go's naming, such as `linux`.
    public var os: String
    /// The architecture in Go's naming, such as `arm64`.
    public var arch: String
    /// The architecture's variant, such as `v8`.
    public var variant: String
    /// The distributions that are supported, any of them if empty; or the one of a base image.
    public var distributions: [Distribution]

    /// A target; without arguments, one that matches everything.
    ///
    /// - Parameters:
    ///   - os: The operating system, or an empty string.
    ///   - arch: The architecture, or an empty string.
    ///   - variant: The variant, or an empty string.
    ///   - distributions: The distributions.
    public init(os: String = "", arch: String = "", variant: String = "", distributions: [Distribution] = []) {
        self.os = os
        self.arch = arch
        self.variant = variant
        self.distributions = distributions
    }

    /// Whether this target of a buildpack or image extension is satisfied by a base image.
    ///
    /// Fields that either side leaves empty agree. If the module names distributions, the image must have one, and
    /// one of them must agree with it.
    ///
    /// - Parameter base: The target of the base image, its distribution filled in where it can be known.
    /// - Returns: Whether the module can run on the image.
    public func isSatisfied(byBase base: Target) -> Bool {
        guard agree(base.os, os), agree(base.arch, arch), agree(base.variant, variant) else { return false }
        if distributions.isEmpty { return true }
        guard let distribution = base.distributions.first else { return false }
        return distributions.contains { $0.agrees(with: distribution) }
    }

    /// Whether an app image of target `app` may be put on a new run image of this target.
    ///
    /// Operating system and architecture must be equal; variant and distribution where this target has them.
    ///
    /// - Parameter app: The target of the app image.
    /// - Returns: Whether a rebase is safe.
    public func acceptsRebase(ofApp app: Target) -> Bool {
        guard os == app.os, arch == app.arch, agree(variant, app.variant) else { return false }
        guard let mine = distributions.first else { return true }
        guard let theirs = app.distributions.first else { return false }
        return (mine.name.isEmpty || mine.name == theirs.name)
            && (mine.version.isEmpty || mine.version == theirs.version)
    }

    /// The variables that describe the target to buildpacks, in order: operating system and architecture always,
    /// the others where they are known.
    public var environment: [(name: String, value: String)] {
        var variables = [
            (name: EnvironmentName.targetOS, value: os),
            (name: EnvironmentName.targetArch, value: arch),
        ]
        let distribution = distributions.first ?? Distribution()
        let optional = [
            (name: EnvironmentName.targetArchVariant, value: variant),
            (name: EnvironmentName.targetDistroName, value: distribution.name),
            (name: EnvironmentName.targetDistroVersion, value: distribution.version),
        ]
        for variable in optional where !variable.value.isEmpty { variables.append(variable) }
        return variables
    }
}

/// Whether two fields agree: equal, or one of them is not given.
private func agree(_ left: String, _ right: String) -> Bool {
    left.isEmpty || right.isEmpty || left == right
}
