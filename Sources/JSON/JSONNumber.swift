/// A JSON number, kept as the text that stands in the document, so that nothing is lost on the way through.
public struct JSONNumber: Hashable, Sendable {
    /// The number as RFC 8259 writes it.
    public let text: String

    /// Makes a number of an integer.
    public init(_ number: some BinaryInteger) {
        text = String(number)
    }

    /// Takes over the text of a number, which must be one by RFC 8259's grammar.
    init(validated text: String) {
        self.text = text
    }

    /// The value as a 64-bit integer; nil when it has a fraction or an exponent, or does not fit.
    public var integerValue: Int64? { Int64(text) }

    /// The nearest floating-point number; infinite when the value is out of range.
    public var doubleValue: Double { Double(text) ?? .nan }
}
