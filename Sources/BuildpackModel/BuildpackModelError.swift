public import POSIX
public import TOML

/// Why a file of the buildpack interface could not be read or written.
public enum BuildpackModelError: Error, Sendable {
    /// The file can't be read or written.
    case file(POSIXError)
    /// The file's contents are not what the specification asks for.
    case content(TOMLError)

    /// Whether the reason is that the file does not exist.
    public var isMissingFile: Bool {
        guard case .file(let error) = self else { return false }
        return error.errno == .noSuchFile
    }

    /// The source line with a caret below the fault, where one is known.
    public var excerpt: String? {
        guard case .content(let error) = self, !error.excerpt.isEmpty else { return nil }
        return error.excerpt
    }
}

extension BuildpackModelError: CustomStringConvertible {
    /// The cause as it follows "failed to …: ".
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .content(let error): "parse \(error)"
        }
    }
}
