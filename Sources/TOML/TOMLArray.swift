/// A TOML array: values in order, which may be of different types.
public struct TOMLArray: Sendable {
    var storage: ArrayStorage

    /// Makes an array of the given values.
    public init(_ values: some Sequence<TOMLValue>) {
        storage = ArrayStorage(values.map { ArrayStorage.Element(value: $0, offset: .noOffset) })
    }

    /// Makes an array of strings.
    public init(strings: some Sequence<String>) {
        self.init(strings.map { TOMLValue.string($0) })
    }

    /// Makes an array of tables.
    public init(tables: some Sequence<TOMLTable>) {
        self.init(tables.map { TOMLValue.table($0) })
    }

    init(_ storage: ArrayStorage) {
        self.storage = storage
    }
}

extension TOMLArray: RandomAccessCollection {
    /// Zero.
    public var startIndex: Int { 0 }

    /// The number of values.
    public var endIndex: Int { storage.elements.count }

    /// The value at a place in the order, from zero.
    public subscript(position: Int) -> TOMLValue { storage.elements[position].value }
}

extension TOMLArray: Equatable {
    /// Tells whether both arrays hold equal values in the same order.
    public static func == (left: TOMLArray, right: TOMLArray) -> Bool {
        left.elementsEqual(right)
    }
}

extension TOMLArray: ExpressibleByArrayLiteral {
    /// Makes an array of the given values.
    public init(arrayLiteral elements: TOMLValue...) {
        self.init(elements)
    }
}
