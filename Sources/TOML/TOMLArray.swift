/// A TOML array: values in order, which may be of different types.
public struct TOMLArray: Sendable {
    struct Place {
        var value: TOMLValue
        var offset: UInt32
    }

    var places: [Place]
    /// Whether `[[headers]]` made the array, so that another one adds an element.
    var isFromHeaders = false

    /// Makes an array of the given values.
    public init(_ values: some Sequence<TOMLValue>) {
        places = values.map { Place(value: $0, offset: .noOffset) }
    }

    /// Makes an array of strings.
    public init(strings: some Sequence<String>) {
        self.init(strings.map { TOMLValue.string($0) })
    }

    /// Makes an array of tables.
    public init(tables: some Sequence<TOMLTable>) {
        self.init(tables.map { TOMLValue.table($0) })
    }

    init(_ places: [Place], isFromHeaders: Bool = false) {
        self.places = places
        self.isFromHeaders = isFromHeaders
    }
}

extension TOMLArray: RandomAccessCollection {
    /// Zero.
    public var startIndex: Int { 0 }

    /// The number of values.
    public var endIndex: Int { places.count }

    /// The value at a place in the order, from zero.
    public subscript(position: Int) -> TOMLValue { places[position].value }
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
