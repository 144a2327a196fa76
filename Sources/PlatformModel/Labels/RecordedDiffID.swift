public import OCI

/// The diff id of a layer as a label, a cache or a file records it.
///
/// What is recorded comes from other lifecycles and from registries. Text that is no diff id names no layer, but is kept,
/// so that it is written again as it was read.
public struct RecordedDiffID: Hashable, Sendable {
    /// The text as it stands in the record; empty where no layer is recorded.
    public let text: String

    /// No layer.
    public static let none = RecordedDiffID(text: "")

    /// Takes the text of a record.
    ///
    /// - Parameter text: The text, whatever it is; `nil` where the record has none.
    public init(text: String?) { self.text = text ?? "" }

    /// Records a layer.
    ///
    /// - Parameter diffID: The layer's diff id.
    public init(_ diffID: DiffID) { text = diffID.description }

    /// The diff id; `nil` where the text is none.
    public var diffID: DiffID? { try? DiffID(text) }

    /// Whether no layer is recorded.
    public var isNone: Bool { text.isEmpty }
}

extension RecordedDiffID: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A record written in the program.
    ///
    /// - Parameter value: The text.
    public init(stringLiteral value: String) { self.init(text: value) }

    /// The text as it stands in the record.
    public var description: String { text }
}
