/// A TOML array: values in order, which may be of different types.
public struct TOMLArray: Sendable {
    var storage: ArrayStorage

    /// Makes an array of the given values.
    public init(_ values: some Sequence<TOMLValue>) {
        storage = ArrayStorage(origin: .program, source: nil, offset: .noOffset)
        for value in values {
            storage.elements.append(ArrayStorage.Element(value: value, offset: .noOffset))
        }
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

/// How an array came to be, which decides what a document may still add to it.
enum ArrayOrigin: UInt8 {
    /// Written as `[ … ]`: complete as it stands.
    case inline
    /// Made by `[[headers]]`; another one adds an element.
    case headers
    /// Made by a program.
    case program
}

/// The elements of one array, shared by the copies of a `TOMLArray`.
///
/// `@unchecked Sendable`: only the parser changes it, before anybody else can see it.
final class ArrayStorage: @unchecked Sendable {
    struct Element {
        var value: TOMLValue
        var offset: UInt32
    }

    var elements: [Element] = []
    let origin: ArrayOrigin
    let source: TOMLSource?
    let offset: UInt32

    init(origin: ArrayOrigin, source: TOMLSource?, offset: UInt32) {
        self.origin = origin
        self.source = source
        self.offset = offset
    }
}
