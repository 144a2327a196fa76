/// The id of a buildpack or image extension, such as `io.buildpacks.ruby` or `acme/node`.
///
/// The specification asks authors for letters, digits, `.`, `/` and `-`. Public buildpacks have others, and lifecycles
/// take them, so only what can't be an id is refused here; ``deviation`` tells the rest. Ids that differ in case only are
/// the same id to the specification, but are not compared that way here.
public struct BuildpackID: Hashable, Sendable {
    /// The id as it is written.
    public let text: String

    /// Names of files and directories beside the buildpacks' directories in `<layers>`.
    public static let reserved = ["app", "config", "generated", "sbom"]

    /// Checks an id.
    ///
    /// - Parameter text: The id.
    /// - Throws: ``CNBError/invalidBuildpackID(_:reason:)`` for an empty or reserved id, for one with control characters,
    ///   and for one that would lead out of a directory if it were a path.
    public init(_ text: String) throws(CNBError) {
        if text.isEmpty { throw .invalidBuildpackID(text, reason: "it is empty") }
        if Self.reserved.contains(text) {
            let reason = "'app', 'config', 'generated' and 'sbom' have a meaning of their own"
            throw .invalidBuildpackID(text, reason: reason)
        }
        if let reason = text.reasonAgainstPath { throw .invalidBuildpackID(text, reason: reason) }
        self.text = text
    }

    /// What the specification's rule for authors has against the id; `nil` when it keeps to it.
    public var deviation: String? {
        let isSpelledWell = text.utf8.allSatisfy { byte in
            byte.isASCIILetterOrDigit
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-")
        }
        return isSpelledWell ? nil : "the id '\(text)' has other characters than letters, digits, '.', '/' and '-'"
    }

    /// The name of the buildpack's directory below `<layers>` and elsewhere: slashes become underscores.
    public var directoryName: String { Self.directoryName(for: text) }

    /// The directory name for an id that may not be valid, such as one read back from an image.
    ///
    /// - Parameter id: The text of an id.
    /// - Returns: The text with underscores in place of slashes.
    public static func directoryName(for id: String) -> String {
        String(
            decoding: id.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 },
            as: UTF8.self
        )
    }
}

extension BuildpackID: CustomStringConvertible {
    /// The id as it is written.
    public var description: String { text }
}

/// The version of a buildpack or image extension, such as `1.2.3`; empty where there is none.
///
/// The specification asks authors for `<X>.<Y>.<Z>`, numbers without leading zeros. Public buildpacks have other forms,
/// and lifecycles take them, so only what can't be the name of a directory is refused here; ``deviation`` tells the rest.
public struct BuildpackVersion: Hashable, Sendable {
    /// The version as it is written.
    public let text: String

    /// The version of something that has none.
    public static let none = BuildpackVersion()

    private init() { text = "" }

    /// Checks a version.
    ///
    /// - Parameter text: The version.
    /// - Throws: ``CNBError/invalidBuildpackVersion(_:reason:)`` for one with control characters, and for one that would
    ///   lead out of a directory if it were a path.
    public init(_ text: String) throws(CNBError) {
        if let reason = text.reasonAgainstPath { throw .invalidBuildpackVersion(text, reason: reason) }
        self.text = text
    }

    /// What the specification's rule for authors has against the version; `nil` when it keeps to it.
    public var deviation: String? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isWellFormed =
            parts.count == 3
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
            }
        guard !isWellFormed else { return nil }
        return "the version '\(text)' is not of the form <X>.<Y>.<Z>, numbers without leading zeros"
    }
}

extension BuildpackVersion: CustomStringConvertible {
    /// The version as it is written.
    public var description: String { text }
}

extension UInt8 {
    /// Whether the byte is an ASCII letter or digit.
    var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default:
            false
        }
    }
}

extension String {
    /// Why the text can't be part of a path below a directory; `nil` when it can.
    fileprivate var reasonAgainstPath: String? {
        if utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "it has a control character" }
        if utf8.first == UInt8(ascii: "/") { return "it begins with '/'" }
        let dot = UInt8(ascii: ".")
        let leadsOut = utf8.split(separator: UInt8(ascii: "/")).contains { part in
            part.count <= 2 && part.allSatisfy { $0 == dot }
        }
        return leadsOut ? "'.' and '..' would lead to another directory" : nil
    }
}
