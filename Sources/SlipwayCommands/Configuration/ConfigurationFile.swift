import POSIX
import TOML

/// The file with a user's settings, as TOML.
struct ConfigurationFile: Hashable, Sendable {
    /// The most bytes that are read of it.
    static let limit = 1 << 20

    /// Its path; nil where no place is known for it.
    let path: String?
    /// Whether it has to be there.
    let isRequired: Bool

    /// Finds the file: the one that is named, or `slipway/config.toml` in the home of configurations.
    ///
    /// See the [XDG base directories](https://specifications.freedesktop.org/basedir-spec/latest/): relative paths in
    /// `XDG_CONFIG_HOME` do not count.
    /// - Parameters:
    ///   - name: The path that somebody has named; nil for none.
    ///   - environment: The environment variables.
    ///   - mayBeNew: Whether a file that is named need not be there yet.
    init(named name: String?, environment: [String: String], mayBeNew: Bool = false) {
        isRequired = name != nil && !mayBeNew
        path = name ?? UserDirectories(environment: environment).configuration.map { Path.join($0, "config.toml") }
    }

    /// Reads the file.
    /// - Returns: The settings; none where there is no file and nobody has named one.
    /// - Throws: When it can't be read, or is no TOML.
    func read() throws(CommandError) -> Configuration {
        Configuration(table: try parse(try text()), path: path ?? "")
    }

    /// The file's text; empty where there is no file and nobody has named one.
    func text() throws(CommandError) -> String {
        guard let path else { return "" }
        do {
            return try FileSystem.readText(path, limit: Self.limit)
        } catch {
            if error.errno == .noSuchFile, !isRequired { return "" }
            throw .configuration("configuration: \(error)")
        }
    }

    /// Reads a text as if it were the file's.
    func parse(_ text: String) throws(CommandError) -> TOMLTable {
        do {
            return try TOMLDocument.parse(text, file: path ?? "")
        } catch {
            throw .configuration("configuration: \(error)\n\(error.excerpt)")
        }
    }

    /// Writes the file, and makes the directories above it; readers see the old text or the new one.
    /// - Parameter text: The new text.
    /// - Throws: When there is no place for it, or the system refuses.
    func write(_ text: String) throws(CommandError) {
        guard let path else {
            throw .usage("no place for the configuration is known", help: "set HOME, or give --config FILE")
        }
        do {
            // A link goes on to lead to the file.
            let target = (try? FileSystem.realPath(path)) ?? path
            try FileSystem.makeDirectories(Path.directory(target), mode: 0o700)
            try FileSystem.writeFileAtomically(target, Array(text.utf8), mode: 0o600)
        } catch {
            throw .failed("failed to write the configuration: \(error)", help: nil, exitCode: 1)
        }
    }
}
