/// How a table came to be, which decides what a document may still add to it.
enum TableOrigin: UInt8 {
    /// Named by a longer header only: `a` in `[a.b]`. A header may still define it.
    case impliedByHeader
    /// Has its own header `[a]` or `[[a]]`.
    case header
    /// Made by a dotted key: `a` in `a.b = 1`. Only dotted keys below the same header may add to it.
    case dottedKey
    /// Written as `{ … }`: complete as it stands.
    case inline
    /// Made by a program.
    case program
}

/// The entries of one table, shared by the copies of a `TOMLTable` until one of them changes.
///
/// `@unchecked Sendable`: nothing changes it after parsing but `TOMLTable`'s mutating members, and those copy it first
/// unless theirs is the only reference.
final class TableStorage: @unchecked Sendable {
    struct Entry {
        var key: String
        var value: TOMLValue
        var hash: KeyHash
        var keyOffset: UInt32
        var valueOffset: UInt32
    }

    var entries: [Entry] = []
    var index = KeyIndex()
    let source: TOMLSource?
    let offset: UInt32
    var origin: TableOrigin

    init(origin: TableOrigin, source: TOMLSource?, offset: UInt32) {
        self.origin = origin
        self.source = source
        self.offset = offset
    }

    init(copying other: TableStorage) {
        entries = other.entries
        index = other.index
        source = other.source
        offset = other.offset
        origin = other.origin
    }

    /// The number of the entry with these bytes as its key.
    func find(_ hash: KeyHash, _ key: UnsafeBufferPointer<UInt8>) -> Int? {
        if index.isEmpty {
            for number in entries.indices where entries[number].hash == hash {
                if isEqual(entries[number].key, key) { return number }
            }
            return nil
        }
        return index.find(hash) { entries[$0].hash == hash && isEqual(entries[$0].key, key) }
    }

    func find(_ key: String) -> Int? {
        var key = key
        return key.withUTF8 { find(KeyHash($0), $0) }
    }

    /// Adds an entry whose key is not there yet.
    func append(_ entry: Entry) {
        entries.append(entry)
        if entries.count > KeyIndex.threshold {
            index.add(entries.count - 1, entries)
        }
    }

    private func isEqual(_ text: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.utf8.count == bytes.count else { return false }
        var text = text
        return text.withUTF8 { $0.elementsEqual(bytes) }
    }
}
