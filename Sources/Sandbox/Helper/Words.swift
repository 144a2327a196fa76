/// Takes values apart into the words of a command line.
struct WordWriter {
    private(set) var words: [String] = []

    mutating func add(_ word: String) { words.append(word) }

    mutating func add(_ number: some BinaryInteger) { words.append("\(number)") }

    mutating func add(_ isTrue: Bool) { words.append(isTrue ? "1" : "0") }

    mutating func add(_ word: String?) {
        add(word == nil ? 0 : 1)
        if let word { add(word) }
    }

    mutating func add(_ list: [String]) { add(list) { writer, word in writer.add(word) } }

    mutating func add<Element>(_ list: [Element], _ each: (inout WordWriter, Element) -> Void) {
        add(list.count)
        for element in list { each(&self, element) }
    }
}

/// Puts values together from the words that a ``WordWriter`` has made; throws for any others.
struct WordReader {
    private var rest: ArraySlice<String>

    struct NoSuchWord: Error {}

    init(_ words: some Sequence<String>) {
        rest = ArraySlice(Array(words))
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func word() throws(NoSuchWord) -> String {
        guard let word = rest.popFirst() else { throw NoSuchWord() }
        return word
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(NoSuchWord) -> Number {
        guard let number = Number(try word()) else { throw NoSuchWord() }
        return number
    }

    mutating func flag() throws(NoSuchWord) -> Bool { try number(UInt8.self) == 1 }

    mutating func optional() throws(NoSuchWord) -> String? { try flag() ? try word() : nil }

    mutating func list() throws(NoSuchWord) -> [String] {
        try list { reader throws(NoSuchWord) in try reader.word() }
    }

    mutating func list<Element>(
        _ each: (inout WordReader) throws(NoSuchWord) -> Element
    ) throws(NoSuchWord) -> [Element] {
        let count = try number(Int.self)
        guard count >= 0, count <= rest.count else { throw NoSuchWord() }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try each(&self)) }
        return elements
    }

    mutating func value<Value: RawRepresentable<String>>() throws(NoSuchWord) -> Value {
        guard let value = Value(rawValue: try word()) else { throw NoSuchWord() }
        return value
    }
}
