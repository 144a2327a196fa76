public import CNBCore
public import LaunchModel
public import LaunchPOSIX

/// What the platform tells the launcher through the environment.
public struct LaunchInputs: Sendable {
    /// The value of `CNB_PLATFORM_API`, empty when it isn't set.
    public var platformAPI: String
    /// The layers directory.
    public var layersDir: RawPath
    /// The app's directory.
    public var appDir: RawPath
    /// The execution environment.
    public var execEnv: ExecEnv
    /// The value of `CNB_PROCESS_TYPE`, which has no effect but a warning.
    public var processType: String
    /// What to do about deprecated APIs.
    public var deprecationMode: DeprecationMode
    /// Whether messages are without colour.
    public var noColor: Bool
    /// Whether the launcher stays as the first process, over the app's.
    public var staysAsInit: Bool

    /// Reads the variables; an empty one counts as not set.
    ///
    /// - Parameter environment: The launcher's environment.
    public init(_ environment: LaunchEnvironment) {
        func path(_ name: String, default standard: String) -> RawPath {
            guard let value = environment.value(of: name), !value.isEmpty else { return RawPath(standard) }
            return RawPath(bytes: [UInt8](value))
        }
        platformAPI = environment[EnvironmentName.platformAPI] ?? ""
        layersDir = path(EnvironmentName.layersDir, default: DefaultPath.layersDir)
        appDir = path(EnvironmentName.appDir, default: DefaultPath.appDir)
        execEnv = ExecEnv(unchecked: environment[EnvironmentName.execEnv] ?? "")
        processType = environment[EnvironmentName.processType] ?? ""
        deprecationMode = DeprecationMode(environment[EnvironmentName.deprecationMode] ?? "")
        noColor = Self.isTrue(environment[EnvironmentName.noColor])
        staysAsInit = Self.isTrue(environment[EnvironmentName.launcherInit])
    }

    /// Whether a value is one of those that mean true; everything else means false.
    private static func isTrue(_ value: String?) -> Bool {
        guard let value else { return false }
        return ["1", "t", "T", "true", "TRUE", "True"].contains { value.hasSameBytes(as: $0) }
    }

    /// The path of metadata.toml.
    var metadataPath: RawPath { layersDir.appending(DefaultPath.metadata).cleaned }
}
