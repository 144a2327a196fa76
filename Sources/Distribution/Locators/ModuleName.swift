public import CNBCore

/// How people name a buildpack or image extension: `<id>` or `<id>@<version>`.
public struct ModuleName: Hashable, Sendable {
    /// The id.
    public var id: BuildpackID
    /// The version; empty when the name has none.
    public var version: BuildpackVersion

    public init(id: BuildpackID, version: BuildpackVersion = .none) {
        (self.id, self.version) = (id, version)
    }

    /// Reads a name.
    ///
    /// - Parameter text: `<id>` or `<id>@<version>`.
    /// - Throws: ``DistributionError/invalidLocator(_:reason:)`` when it has no such form.
    public init(_ text: String) throws(DistributionError) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.last != "" else {
            throw .invalidLocator(text, reason: "expected <id> or <id>@<version>")
        }
        do {
            id = try BuildpackID(parts[0])
            version = parts.count == 2 ? try BuildpackVersion(parts[1]) : .none
        } catch {
            throw .invalidLocator(text, reason: error.description)
        }
    }

    /// Whether a module is meant by this name.
    ///
    /// - Parameter module: A module with a version.
    /// - Returns: Whether the id is the same, and the version too if the name has one.
    public func names(_ module: PackagedModule) -> Bool {
        id == module.id && (version == .none || version == module.version)
    }
}

extension ModuleName: CustomStringConvertible {
    /// `<id>` or `<id>@<version>`.
    public var description: String { version == .none ? id.text : "\(id)@\(version)" }
}
