/// What the vocabulary types refuse.
///
/// The descriptions are causes, written to follow "failed to …: ".
public enum CNBError: Error, Equatable, Sendable {
    /// The text is neither `<major>` nor `<major>.<minor>`.
    case malformedVersion(String)
    /// `CNB_PLATFORM_API` is not set, and there is no default.
    case missingPlatformAPI
    /// The text is not a version, so it cannot be a Platform API.
    case malformedPlatformAPI(String)
    /// The Platform API is a version, but not one of ``PlatformAPI/supported``.
    case unsupportedPlatformAPI(String)
    /// The text is not a version, so it cannot be a Buildpack API.
    case malformedBuildpackAPI(String)
    /// The Buildpack API is a version, but not one of ``BuildpackAPI/supported``.
    case unsupportedBuildpackAPI(String)
    /// The text can't be an id.
    case invalidBuildpackID(String, reason: String)
    /// The text can't be a version.
    case invalidBuildpackVersion(String, reason: String)
    /// The execution environment holds a `/`.
    case invalidExecEnv(String)
}

extension CNBError: CustomStringConvertible {
    /// The cause, in lower case and without a full stop.
    public var description: String {
        switch self {
        case .malformedVersion(let text):
            "could not parse '\(text)' as version"
        case .missingPlatformAPI:
            "\(EnvironmentName.platformAPI) is not set"
        case .malformedPlatformAPI(let text):
            "could not parse '\(text)' as version"
        case .unsupportedPlatformAPI(let text):
            "platform API version '\(text)' is incompatible with the lifecycle; "
                + "it takes \(PlatformAPI.range), and reads the version from \(EnvironmentName.platformAPI)"
        case .malformedBuildpackAPI(let text):
            "could not parse '\(text)' as version"
        case .unsupportedBuildpackAPI(let text):
            "buildpack API version '\(text)' is incompatible with the lifecycle; it takes \(BuildpackAPI.range)"
        case .invalidBuildpackID(let text, let reason):
            "'\(text)' is not a valid id: \(reason)"
        case .invalidBuildpackVersion(let text, let reason):
            "'\(text)' is not a valid version: \(reason)"
        case .invalidExecEnv(let text):
            "'\(text)' is not a valid execution environment: it must not contain '/'"
        }
    }
}

extension CNBError {
    /// What a command says when the Platform API is the problem: "failed to …", with the cause where there is one.
    public var platformAPIFailure: String {
        switch self {
        case .missingPlatformAPI:
            "failed to get platform API version; please set '\(EnvironmentName.platformAPI)' "
                + "to specify the desired platform API version"
        case .malformedPlatformAPI(let text):
            "failed to parse platform API '\(text)'"
        default:
            "failed to set platform API: \(description)"
        }
    }

    /// What a command says when a module's Buildpack API is the problem.
    ///
    /// - Parameters:
    ///   - kind: What the module is called: `buildpack` in the launcher, `Buildpack` or `Extension` elsewhere.
    ///   - name: The id, or id and version.
    /// - Returns: "failed to …", with the cause where there is one.
    public func buildpackAPIFailure(kind: String, name: String) -> String {
        switch self {
        case .malformedBuildpackAPI(let text):
            "failed to parse buildpack API '\(text)' for \(kind.lowercasedASCII) '\(name)'"
        default:
            "failed to set API for \(kind) '\(name)': \(description)"
        }
    }
}

extension String {
    /// The text with ASCII letters in lower case, all others as they are.
    fileprivate var lowercasedASCII: String {
        String(
            decoding: utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 },
            as: UTF8.self
        )
    }
}
