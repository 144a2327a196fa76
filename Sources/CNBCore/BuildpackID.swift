/// The id of a buildpack or image extension, such as `io.buildpacks.ruby` or `acme/node`.
///
/// Letters, digits, `.`, `/` and `-`; none of the names that the layers directory needs for itself. Ids that differ
/// in case only are the same id to the specification, but are not compared that way here.
public struct BuildpackID: Hashable, Sendable {
    /// The id as it is written.
    public let text: String

    /// Names of files and directories beside the buildpacks' directories in `<layers>`.
    public static let reserved = ["app", "config", "generated", "sbom"]

    /// Checks an id.
    ///
    /// - Parameter text: The id.
    /// - Throws: ``CNBError/invalidBuildpackID(_:)``.
    public init(_ text: String) throws(CNBError) {
        let isSpelledWell =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte.isASCIILetterOrDigit
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-")
            }
        guard isSpelledWell, !Self.reserved.contains(text) else { throw .invalidBuildpackID(text) }
        self.text = text
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

/// The version of a buildpack or image extension: `<X>.<Y>.<Z>`, numbers without leading zeros.
public struct BuildpackVersion: Hashable, Sendable {
    /// The version as it is written.
    public let text: String

    /// Checks a version.
    ///
    /// - Parameter text: The version.
    /// - Throws: ``CNBError/invalidBuildpackVersion(_:)``.
    public init(_ text: String) throws(CNBError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isWellFormed =
            parts.count == 3
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
            }
        guard isWellFormed else { throw .invalidBuildpackVersion(text) }
        self.text = text
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
