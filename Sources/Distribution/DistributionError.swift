public import TOML

/// What is wrong with the things that builders, buildpacks and projects are described by.
///
/// The descriptions are causes, written to follow "failed to …: ".
public enum DistributionError: Error, Equatable, Sendable {
    /// An image has not what makes it a builder or a buildpackage.
    case missingLabel(String, image: String, kind: ImageKind)
    /// A label of an image is not what it should be.
    case malformedLabel(String, image: String, reason: String)
    /// A builder doesn't say as which user or group its phases run; `value` is what it says instead, if anything.
    case missingUser(variable: String, image: String, value: String?)
    /// The layers of a buildpackage don't hold what its labels promise.
    case incompletePackage(image: String, reason: String)
    /// A TOML file is malformed, or breaks a rule of its format.
    case file(TOMLError)
    /// A line of a file is malformed, or breaks a rule; lines count from 1.
    case line(file: String, line: Int, reason: String)
    /// A text is larger than any honest one; sizes are in bytes.
    case tooLarge(String, size: Int, limit: Int)
    /// A list has more elements than any honest one.
    case tooMany(String, of: String, limit: Int)
    /// What somebody gave as a buildpack is none.
    case invalidLocator(String, reason: String)
    /// The builder has no such buildpack or image extension.
    case notOnBuilder(String, kind: String, hint: String)
    /// A registry's index has no such buildpack, or not that version.
    case notInRegistry(String, reason: String)
    /// A declaration of buildpacks that has no meaning.
    case invalidSelection(String)
    /// A pattern of files that can't be read.
    case invalidPattern(String, reason: String)
    /// What should be the setting of a variable is none.
    case invalidVariable(String, reason: String)

    /// What an image should have been.
    public enum ImageKind: String, Equatable, Sendable {
        /// An image to build in.
        case builder
        /// An image that holds buildpacks.
        case buildpackage
    }

    /// The source line with a caret below the fault, where one is known.
    public var excerpt: String? {
        guard case .file(let error) = self, !error.excerpt.isEmpty else { return nil }
        return error.excerpt
    }
}

extension DistributionError: CustomStringConvertible {
    /// The cause, in lower case and without a full stop.
    public var description: String {
        switch self {
        case .missingLabel(let label, let image, let kind):
            "\(image) is no \(kind.rawValue): it has no label \(label)"
        case .malformedLabel(let label, let image, let reason): "label \(label) of \(image): \(reason)"
        case .missingUser(let variable, let image, nil):
            "\(image) is no builder: its config doesn't set \(variable), which says as whom to build"
        case .missingUser(let variable, let image, .some(let value)):
            "\(image) sets \(variable) to '\(value)': expected a number from 0 to 4294967294"
        case .incompletePackage(let image, let reason): "buildpackage \(image): \(reason)"
        case .file(let error): "parse \(error)"
        case .line(let file, let line, let reason): "\(file): line \(line): \(reason)"
        case .tooLarge(let what, let size, let limit): "\(what) has \(size) bytes: at most \(limit) are read"
        case .tooMany(let things, let what, let limit): "\(what) has more than \(limit) \(things)"
        case .invalidLocator(let text, let reason): "'\(text)' is no buildpack: \(reason)"
        case .notOnBuilder(let name, let kind, let hint): "the builder has no \(kind) '\(name)'\(hint)"
        case .notInRegistry(let name, let reason): "buildpack '\(name)' of the registry: \(reason)"
        case .invalidSelection(let reason): reason
        case .invalidPattern(let pattern, let reason): "pattern '\(pattern)': \(reason)"
        case .invalidVariable(let text, let reason): "variable '\(text)': \(reason)"
        }
    }
}
