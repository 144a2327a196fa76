/// What kind of failure ended a phase; the commands translate it to an exit code.
///
/// Kinds follow the tables of exit codes in the platform specification, so that phases never need to know a number.
public enum PhaseErrorKind: Sendable, Hashable, CaseIterable {
    /// Anything that has no code of its own, such as an input file that can't be read.
    case failed
    /// The arguments or inputs don't make sense together.
    case invalidArguments
    /// The platform asked for a Platform API that isn't supported.
    case incompatiblePlatformAPI
    /// A buildpack or extension asks for a Buildpack API that isn't supported.
    case incompatibleBuildpackAPI
    /// Every group of buildpacks was tried, none passed, and none was in error.
    case noGroupDetected
    /// Every group of buildpacks was tried, none passed, and at least one buildpack was in error.
    case noGroupDetectedWithErrors
    /// Detection itself failed.
    case detect
    /// Analysis failed.
    case analyze
    /// Restoring layers failed.
    case restore
    /// A buildpack's `bin/build` failed.
    case buildpackFailed
    /// The build phase itself failed.
    case build
    /// Exporting the image failed.
    case export
    /// Rebasing the image failed.
    case rebase
    /// An extension's `bin/generate` failed.
    case extensionFailed
    /// The generate part of detection itself failed.
    case generate
    /// Extending an image failed.
    case extend
}

/// The failure of a phase: its kind and the message for people, "failed to do something: cause".
public struct PhaseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public var kind: PhaseErrorKind

    /// The whole message, without the `ERROR: ` in front that the logger adds.
    public var message: String

    /// Several lines that show the place of the fault, such as a line of TOML with a caret below; printed after the message.
    public var excerpt: String?

    /// Makes an error whose message is used as it is.
    public init(_ kind: PhaseErrorKind, _ message: String, excerpt: String? = nil) {
        self.kind = kind
        self.message = message
        self.excerpt = excerpt
    }

    /// Makes an error that reads "failed to `action`: `cause`".
    public init(_ kind: PhaseErrorKind, failedTo action: String, _ cause: some CustomStringConvertible) {
        self.init(kind, "failed to \(action): \(cause.description)")
    }

    /// The whole message.
    public var description: String { message }
}

/// Does what a phase fails with if it fails: the error reads "failed to `action`: `cause`".
///
/// - Parameters:
///   - kind: The kind of failure.
///   - action: What is being done; `nil` where the cause stands alone.
///   - body: Does it; any error that it throws is the cause, whose place in a file is shown where it has one.
/// - Returns: What `body` returns.
/// - Throws: A ``PhaseError`` of this kind.
public func wrapping<Value: ~Copyable>(
    _ kind: PhaseErrorKind,
    failedTo action: @autoclosure () -> String? = nil,
    _ body: () throws -> Value
) throws(PhaseError) -> Value {
    do {
        return try body()
    } catch {
        let context = action().map { "failed to \($0): " } ?? ""
        throw PhaseError(kind, "\(context)\(error)", excerpt: (error as? any PlacedError)?.excerpt)
    }
}

/// An error that may know its place in a file.
protocol PlacedError: Error {
    /// The source line with a caret below the fault, where one is known.
    var excerpt: String? { get }
}
