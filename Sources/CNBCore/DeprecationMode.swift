/// What to do when a platform or buildpack asks for a deprecated API: `CNB_DEPRECATION_MODE`.
public enum DeprecationMode: Hashable, Sendable {
    /// Say nothing.
    case quiet
    /// Warn and go on.
    case warn
    /// Refuse.
    case error

    /// Reads the variable's value; anything unknown warns, as an empty value does.
    ///
    /// - Parameter text: The value.
    public init(_ text: String) {
        if text.hasSameBytes(as: "quiet") {
            self = .quiet
        } else if text.hasSameBytes(as: "error") {
            self = .error
        } else {
            self = .warn
        }
    }

    /// What is to be said about a deprecated API.
    public enum Verdict: Hashable, Sendable {
        /// Nothing; go on.
        case accepted
        /// Log these warnings and go on.
        case warned([String])
        /// Log these errors and fail as with an unsupported API.
        case refused([String])
    }

    /// Judges a Platform API.
    ///
    /// - Parameter api: The version that the platform asks for.
    /// - Returns: What is to be said; ``Verdict/accepted`` for versions that aren't deprecated.
    public func judge(_ api: PlatformAPI) -> Verdict {
        guard api.isDeprecated else { return .accepted }
        return judge(saying: "Platform requested deprecated API '\(api)'")
    }

    /// Judges a Buildpack API.
    ///
    /// - Parameters:
    ///   - api: The version that the module asks for.
    ///   - kind: `Buildpack` or `Extension`.
    ///   - name: The id, or id and version.
    /// - Returns: What is to be said; ``Verdict/accepted`` for versions that aren't deprecated.
    public func judge(_ api: BuildpackAPI, of kind: String, named name: String) -> Verdict {
        guard api.isDeprecated else { return .accepted }
        return judge(saying: "\(kind) '\(name)' requests deprecated API '\(api)'")
    }

    /// What to do about an API that is deprecated.
    private func judge(saying message: String) -> Verdict {
        switch self {
        case .quiet: .accepted
        case .warn: .warned([message])
        case .error:
            .refused([message, "Deprecated APIs are disabled by \(EnvironmentName.deprecationMode)=error"])
        }
    }
}

/// What to do when a platform asks for an experimental feature: `CNB_EXPERIMENTAL_MODE`.
public enum ExperimentalMode: Hashable, Sendable {
    /// Say nothing.
    case quiet
    /// Warn and go on.
    case warn
    /// Refuse; the default.
    case error

    /// Reads the variable's value; an unknown one warns.
    ///
    /// - Parameter text: The value, empty when it isn't set.
    public init(_ text: String) {
        switch text {
        // The specification says silent, the Go lifecycle says quiet.
        case "silent", "quiet": self = .quiet
        case "error", "": self = .error
        default: self = .warn
        }
    }

    /// What a command says that refuses an experiment.
    ///
    /// - Parameter environment: The environment as `NAME=value`; the message only says that the variable is set if it
    ///   is.
    /// - Returns: The message.
    public static func refusal(environment: [String]) -> String {
        let variable = EnvironmentName.experimentalMode
        return environment.contains { $0.hasPrefix("\(variable)=") && $0 != "\(variable)=" }
            ? "experimental features are disabled by \(variable)=error"
            : "experimental features are disabled unless \(variable) is set to warn or quiet"
    }
}
