public import LaunchPOSIX
public import TOML

/// What can go wrong with the files that decide a launch, or the environment of a build.
public enum LaunchModelError: Error, Equatable, Sendable {
    /// metadata.toml cannot be understood.
    case metadata(TOMLError)
    /// A directory or file cannot be read.
    case unreadable(SystemError)
    /// The list of a directory's files cannot be had.
    case unlistable(directory: String, SystemError)
    /// An environment directory has a file that cannot be read.
    case environmentFiles(directory: String, SystemError)
}

extension LaunchModelError: CustomStringConvertible {
    /// The cause, in lower case and without a full stop.
    public var description: String {
        switch self {
        case .metadata(let error): error.description
        case .unreadable(let error): error.description
        case .unlistable(let directory, let error): "failed to list files in dir '\(directory)': \(error)"
        case .environmentFiles(let directory, let error): "apply env files from dir '\(directory)': \(error)"
        }
    }
}
