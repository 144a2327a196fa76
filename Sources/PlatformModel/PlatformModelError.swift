public import BuildpackModel
public import JSON
import TOML

/// What can be wrong with the files and labels through which platform and lifecycle talk.
public enum PlatformModelError: Error, Sendable {
    /// A file is there but can't be read, is no valid TOML, or has values of wrong types. `file` is what kind of file
    /// it is, such as `analyzed`.
    case unreadable(file: String, BuildpackModelError)
    /// A file can't be written.
    case unwritable(file: String, BuildpackModelError)
    /// A label is no valid JSON.
    case malformedLabel(name: String, JSONError)
    /// A label's JSON doesn't have the expected form.
    case unexpectedLabel(name: String, String)
    /// A value can't be written in the format it has to go to.
    case unrepresentable(String)
    /// The inputs don't make sense.
    case input(String)
    /// analyzed.toml is missing or names no run image, so there is nothing to export to.
    case missingRunImage

    /// The source line with a caret below the fault, where one is known.
    public var excerpt: String? {
        guard case .unreadable(_, .content(let error)) = self, !error.excerpt.isEmpty else { return nil }
        return error.excerpt
    }
}

extension PlatformModelError: CustomStringConvertible {
    /// What was being done, and why it failed.
    public var description: String {
        switch self {
        case .unreadable(let file, let error): "failed to read \(file) file: \(error)"
        case .unwritable(let file, let error): "failed to write \(file) file: \(error)"
        case .malformedLabel(let name, let error): "failed to unmarshal context of label '\(name)': \(error)"
        case .unexpectedLabel(let name, let message): "failed to unmarshal context of label '\(name)': \(message)"
        case .unrepresentable(let message): message
        case .input(let message): message
        case .missingRunImage: "run image not found in analyzed metadata"
        }
    }
}
