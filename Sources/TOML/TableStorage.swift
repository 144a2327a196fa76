/// How a table came to be, which decides what a document may still add to it.
enum TableOrigin: UInt8 {
    /// Named by a longer header only: `a` in `[a.b]`. A header may still define it.
    case impliedByHeader
    /// Has its own header, `[a]` or `[[a]]`, or is the root.
    case header
    /// Made by a dotted key: `a` in `a.b = 1`. Dotted keys below the same header may add to it.
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

    // The parser goes through here for every key; nothing in this module reads a table while it changes it.
    @exclusivity(unchecked) var entries: [Entry] = []
    @exclusivity(unchecked) var index = KeyIndex()
    /// A bit for the hash of each key that was ever added, which tells of most keys at once that they are not there.
    @exclusivity(unchecked) private var filter: UInt64 = 0
    var origin: TableOrigin
    /// Where the table begins in its source.
    let offset: UInt32
    let source: TOMLSource?

    init(origin: TableOrigin, source: TOMLSource?, offset: UInt32) {
        self.origin = origin
        self.source = source
        self.offset = offset
    }

    init(copying other: TableStorage) {
        entries = other.entries
        index = other.index
        filter = other.filter
        source = other.source
        offset = other.offset
        origin = other.origin
    }

    /// The number of the entry with this key.
    func find(_ key: String, _ hash: KeyHash) -> Int? {
        if filter &>> UInt64(hash.bits & 63) & 1 == 0 { return nil }
        // Through a pointer, since an element of an array is copied, and its strings and tables retained, to look at it.
        return entries.withUnsafeBufferPointer { entries in
            guard entries.count > KeyIndex.threshold else {
                return entries.indices.first { entries[$0].hash == hash && sameBytes(entries[$0].key, key) }
            }
            return index.find(hash) { entries[$0].hash == hash && sameBytes(entries[$0].key, key) }
        }
    }

    /// The number of the entry with this key.
    func find(_ key: String) -> Int? { find(key, KeyHash(key)) }

    /// Adds an element to the array of an entry, in place.
    func appendElement(_ element: TOMLArray.Place, toArrayAt number: Int) {
        guard case .array(var array) = entries[number].value else { return }
        // Without this the array would have two owners and be copied.
        entries[number].value = .boolean(false)
        array.places.append(element)
        entries[number].value = .array(array)
    }

    /// Adds an entry whose key is not there yet.
    func append(_ entry: consuming Entry) {
        if entries.isEmpty { entries.reserveCapacity(2) }
        filter |= 1 &<< UInt64(entry.hash.bits & 63)
        entries.append(entry)
        if entries.count > KeyIndex.threshold {
            index.addLast(of: entries)
        }
    }
}

/// Tells whether two strings are the same in UTF-8, where Swift's `==` knows canonical equivalence.
func sameBytes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { left in
        right.withUTF8 { right in sameBytes(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right)) }
    }
}

/// Tells whether two buffers hold the same bytes.
func sameBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    // The library's `elementsEqual` takes them one by one.
    guard left.count == right.count, KeyWords(left) == KeyWords(right) else { return false }
    var offset = 8
    while left.count &- offset > 8 {
        let (word, other) = (
            left.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        )
        guard word == other else { return false }
        offset &+= 8
    }
    return true
}

extension UInt32 {
    /// Stands for the place of what no document holds.
    static var noOffset: UInt32 { .max }
}
