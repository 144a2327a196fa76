internal import LaunchPOSIX

/// Whose environment a layer contributes to.
public enum LayerScope: Hashable, Sendable {
    /// Later buildpacks, during build.
    case build
    /// The app's processes.
    case launch

    /// A directory of a layer and the variable that lists its kind.
    struct PathRule {
        var directory: LayerItem
        var variable: StaticString
    }

    /// Which directories of a layer are added to which variables.
    var pathRules: [PathRule] {
        switch self {
        case .build: Self.buildRules
        case .launch: Self.launchRules
        }
    }

    private static let launchRules = [
        PathRule(directory: .bin, variable: "PATH"),
        PathRule(directory: .lib, variable: "LD_LIBRARY_PATH"),
    ]

    private static let buildRules =
        launchRules + [
            PathRule(directory: .lib, variable: "LIBRARY_PATH"),
            PathRule(directory: .include, variable: "CPATH"),
            PathRule(directory: .pkgconfig, variable: "PKG_CONFIG_PATH"),
        ]

    /// The variables that list directories of layers.
    public var pathVariables: [String] { pathRules.map { String(decoding: $0.variable.bytes, as: UTF8.self) } }
}
