/// A TOML table: keys and their values in the order of the document.
///
/// Keys are equal when their bytes are. A table that was read from a document knows the places of its entries,
/// so that the typed accessors, and callers by ``error(_:at:)``, can say where a mistake is.
public struct TOMLTable: Sendable {
    var storage: TableStorage

    /// Makes an empty table.
    public init() {
        storage = TableStorage(origin: .program, source: nil, offset: .noOffset)
    }

    init(_ storage: TableStorage) {
        self.storage = storage
    }

    /// The value of a key, or nil when the table has no such key.
    public subscript(_ key: String) -> TOMLValue? {
        guard let number = storage.find(key) else { return nil }
        return storage.entries[number].value
    }

    /// The keys in order.
    public var keys: [String] {
        storage.entries.map { $0.key }
    }

    /// Gives a key a value: replaces the one it has, or adds the key at the end.
    public mutating func set(_ key: String, _ value: TOMLValue) {
        makeUnique()
        if let number = storage.find(key) {
            storage.entries[number].value = value
            storage.entries[number].valueOffset = .noOffset
        } else {
            storage.append(
                TableStorage.Entry(
                    key: key,
                    value: value,
                    hash: KeyHash(key),
                    keyOffset: .noOffset,
                    valueOffset: .noOffset
                )
            )
        }
    }

    /// Removes a key and returns the value that it had.
    @discardableResult
    public mutating func remove(_ key: String) -> TOMLValue? {
        guard let number = storage.find(key) else { return nil }
        makeUnique()
        let removed = storage.entries.remove(at: number)
        storage.index.rebuild(storage.entries)
        return removed.value
    }

    /// The table with its keys in bytewise order, and so all tables in it, which is how Go writes a map.
    public func sortedByKey() -> TOMLTable {
        var sorted = TOMLTable()
        for entry in storage.entries.sorted(by: { precedes($0.key, $1.key) }) {
            sorted.set(entry.key, entry.value.sortedByKey())
        }
        return sorted
    }

    private mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&storage) {
            storage = TableStorage(copying: storage)
        }
    }

    private func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension TOMLValue {
    fileprivate func sortedByKey() -> TOMLValue {
        switch self {
        case .table(let table): .table(table.sortedByKey())
        case .array(let array): .array(TOMLArray(array.map { $0.sortedByKey() }))
        default: self
        }
    }
}

extension TOMLTable: RandomAccessCollection {
    /// A key and its value.
    public typealias Element = (key: String, value: TOMLValue)

    /// Zero.
    public var startIndex: Int { 0 }

    /// The number of entries.
    public var endIndex: Int { storage.entries.count }

    /// The entry at a place in the order, from zero.
    public subscript(position: Int) -> Element {
        let entry = storage.entries[position]
        return (entry.key, entry.value)
    }
}

extension TOMLTable: Equatable {
    /// Tells whether both tables hold the same keys with equal values, in whatever order.
    public static func == (left: TOMLTable, right: TOMLTable) -> Bool {
        left.count == right.count && left.allSatisfy { entry in right[entry.key] == entry.value }
    }
}

extension TOMLTable: ExpressibleByDictionaryLiteral {
    /// Makes a table of the given entries in their order; a key given twice keeps its last value.
    public init(dictionaryLiteral elements: (String, TOMLValue)...) {
        self.init()
        for (key, value) in elements {
            set(key, value)
        }
    }
}
