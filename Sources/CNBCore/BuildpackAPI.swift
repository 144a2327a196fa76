/// A Buildpack API version that this lifecycle supports.
///
/// What differs between versions is asked by name: `buildpackAPI.supports(.commandArrays)`.
public struct BuildpackAPI: Hashable, Sendable {
    /// The version.
    public let version: APIVersion

    /// All supported versions, ascending.
    public static let supported: [APIVersion] = (7...12).map { APIVersion(0, $0) }

    /// The supported versions in words.
    public static let range = "0.7 to 0.12"

    /// Supported versions that buildpacks should move away from: none today.
    public static let deprecated: [APIVersion] = []

    /// The newest supported version.
    public static let latest = BuildpackAPI(trusted: APIVersion(0, 12))

    private init(trusted version: APIVersion) {
        self.version = version
    }

    /// Checks the `api` of a buildpack or an image extension.
    ///
    /// - Parameter text: The version.
    /// - Throws: ``CNBError/malformedBuildpackAPI(_:)`` or ``CNBError/unsupportedBuildpackAPI(_:)``; both end a
    ///   phase with ``ExitCode/incompatibleBuildpackAPI``.
    public init(_ text: String) throws(CNBError) {
        let requested: APIVersion
        do {
            requested = try APIVersion(text)
        } catch {
            throw .malformedBuildpackAPI(text)
        }
        guard Self.supported.contains(where: { $0.includes(requested) }) else { throw .unsupportedBuildpackAPI(text) }
        version = requested
    }

    /// Whether a feature is part of this version.
    ///
    /// - Parameter feature: A row of the table.
    /// - Returns: Whether it applies.
    public func supports(_ feature: BuildpackFeature) -> Bool {
        feature.availability.contains(version)
    }

    /// Whether ``DeprecationMode`` has something to say about this version.
    public var isDeprecated: Bool { Self.deprecated.contains(version) }
}

extension BuildpackAPI: CustomStringConvertible {
    /// `<major>.<minor>`.
    public var description: String { version.description }
}

/// Everything that depends on a buildpack's or image extension's API version.
///
/// ``availability`` is the table: one row for each difference between 0.7 and 0.12.
public enum BuildpackFeature: Hashable, CaseIterable, Sendable {
    /// `CNB_PLATFORM_DIR`, `CNB_BUILD_PLAN_PATH`, `CNB_LAYERS_DIR` and `CNB_BP_PLAN_PATH` are set.
    case pathVariables
    /// Processes may have a `working-dir`; before, it is ignored with a warning.
    case processWorkingDir

    /// Process commands are arrays, always direct; arguments of the user replace `args`, and `direct` is refused.
    case commandArrays

    /// `CNB_TARGET_*` variables are set.
    case targetVariables
    /// The bionic stack is translated to a target even where other stacks are listed beside it.
    case bionicAmongStacks

    /// `CNB_EXEC_ENV` is set, and `exec-env` of buildpack.toml and extension.toml counts.
    case executionEnvironments

    /// The versions in which the feature applies.
    public var availability: APIAvailability {
        switch self {
        case .pathVariables: .since(8)
        case .processWorkingDir: .since(8)

        case .commandArrays: .since(9)

        case .targetVariables: .since(10)
        case .bionicAmongStacks: .since(10)

        case .executionEnvironments: .since(12)
        }
    }
}
