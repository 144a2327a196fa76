/// The type of a process, such as `web`: the name by which a platform starts it.
///
/// It becomes a file name below `/cnb/process` and directory names in layers.
public struct ProcessType: Hashable, Sendable {
    /// The type as it is written.
    public let text: String

    /// Checks a process type.
    ///
    /// - Parameter text: The type.
    /// - Throws: ``CNBError/invalidProcessType(_:)`` unless it consists of letters, digits, `.`, `_` and `-`.
    public init(_ text: String) throws(CNBError) {
        let isSpelledWell = text.utf8.allSatisfy { byte in
            byte.isASCIILetterOrDigit
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        guard isSpelledWell, !text.isEmpty, text != ".", text != ".." else { throw .invalidProcessType(text) }
        self.text = text
    }
}

extension ProcessType: CustomStringConvertible {
    /// The type as it is written.
    public var description: String { text }
}
