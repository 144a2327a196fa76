import POSIX

/// Where a user's files of `slipway` are, as the XDG base directories say.
///
/// See [the specification](https://specifications.freedesktop.org/basedir-spec/latest/): relative paths in its variables
/// do not count.
struct UserDirectories: Hashable, Sendable {
    /// The directory of the configuration; nil where neither its variable nor `HOME` is set.
    let configuration: String?

    /// Finds the directories.
    /// - Parameter environment: The environment variables.
    init(environment: [String: String]) {
        configuration = Self.home("XDG_CONFIG_HOME", or: ".config", environment).map { Path.join($0, "slipway") }
    }

    private static func home(_ variable: String, or place: String, _ environment: [String: String]) -> String? {
        if let path = environment[variable], Path.isAbsolute(path) { return path }
        return environment["HOME"].flatMap { $0.isEmpty ? nil : Path.join($0, place) }
    }
}
