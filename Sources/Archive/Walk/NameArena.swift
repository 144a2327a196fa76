import POSIX

/// In which order the entries of a tree follow each other.
enum WalkOrder {
    /// A directory, then all that is below it, then its next sibling; siblings in the order of their names.
    case directoryByDirectory
    /// Whole paths in order: what is below `a` follows `a-b`, since a slash sorts after a dash.
    case wholePaths
}

/// Names of directory entries in one piece of memory, so that walking a tree allocates nothing for a file.
///
/// The arena is a stack: the names of a directory are pushed when it is entered, and dropped when it is left.
final class NameArena {
    /// What is to be done at a record's place in the order.
    enum Action {
        /// Write the entry's header, and its content.
        case emit
        /// Walk what is below a directory.
        case descend
        /// Both, one after the other.
        case emitAndDescend
    }

    /// An entry: where its name and its key for sorting are, and what it is.
    struct Record {
        /// The first bytes of the key as one big number, which decides most comparisons.
        fileprivate let leading: UInt64
        fileprivate let keyOffset: UInt32
        fileprivate let nameOffset: UInt32
        fileprivate let keyLength: UInt16
        let type: FileType
        let action: Action
    }

    /// The heights of both stacks, to which `drop(to:)` goes back.
    struct Mark {
        fileprivate let bytes: Int
        let records: Int
    }

    private var bytes: UnsafeMutableRawBufferPointer
    private var used = 0
    private var records: [Record] = []

    init() {
        bytes = .allocate(byteCount: 64 << 10, alignment: 8)
    }

    deinit {
        bytes.deallocate()
    }

    var mark: Mark { Mark(bytes: used, records: records.count) }

    subscript(index: Int) -> Record { records[index] }

    /// Whether two records stand for the same entry.
    func isSameEntry(_ left: Int, _ right: Int) -> Bool { records[left].nameOffset == records[right].nameOffset }

    /// The name of a record, with a NUL behind it for system calls; valid until something is pushed.
    func name(_ record: Record) -> UnsafeRawBufferPointer {
        let start = Int(record.nameOffset)
        let length = Int(record.keyLength) - (record.action == .descend ? 1 : 0)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
    }

    /// Pushes an entry: one record, or two for a directory whose content has another place than itself.
    func push(_ name: UnsafeRawBufferPointer, type: FileType, order: WalkOrder) {
        let start = store(name)
        switch (type, order) {
        case (.directory, .directoryByDirectory):
            append(key: start, length: name.count, name: start, type: type, action: .emitAndDescend)
        case (.directory, .wholePaths):
            append(key: start, length: name.count, name: start, type: type, action: .emit)
            let key = store(name, slash: true)
            append(key: key, length: name.count + 1, name: start, type: type, action: .descend)
        default:
            append(key: start, length: name.count, name: start, type: type, action: .emit)
        }
    }

    /// Drops everything.
    func clear() {
        used = 0
        records.removeAll(keepingCapacity: true)
    }

    func drop(to mark: Mark) {
        used = mark.bytes
        records.removeLast(records.count - mark.records)
    }

    /// Sorts the records pushed since a mark bytewise by their keys.
    ///
    /// - Returns: where the records are.
    func sort(from mark: Mark) -> Range<Int> {
        let bytes = UnsafeRawBufferPointer(self.bytes)
        records.withUnsafeMutableBufferPointer { buffer in
            var slice = UnsafeMutableBufferPointer(rebasing: buffer[mark.records...])
            slice.sort { Self.precedes($0, $1, in: bytes) }
        }
        return mark.records..<records.count
    }

    private static func precedes(_ left: Record, _ right: Record, in bytes: UnsafeRawBufferPointer) -> Bool {
        if left.leading != right.leading { return left.leading < right.leading }
        let shorter = Int(min(left.keyLength, right.keyLength))
        var index = min(8, shorter)
        while index < shorter {
            let (a, b) = (bytes[Int(left.keyOffset) + index], bytes[Int(right.keyOffset) + index])
            if a != b { return a < b }
            index += 1
        }
        return left.keyLength < right.keyLength
    }

    private func append(key: Int, length: Int, name: Int, type: FileType, action: Action) {
        let leading = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: key, as: UInt64.self))
        // The stack can't reach 4 GiB: it holds the names along one path.
        records.append(
            Record(
                leading: leading,
                keyOffset: UInt32(truncatingIfNeeded: key),
                nameOffset: UInt32(truncatingIfNeeded: name),
                keyLength: UInt16(truncatingIfNeeded: length),
                type: type,
                action: action
            )
        )
    }

    /// Copies a name, and enough zeros to end it and to fill the leading number of a short one.
    private func store(_ name: UnsafeRawBufferPointer, slash: Bool = false) -> Int {
        let zeros = 8
        reserve(name.count + 1 + zeros)
        let start = used
        UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + name.count]).copyMemory(from: name)
        used += name.count
        if slash {
            bytes[used] = UInt8(ascii: "/")
            used += 1
        }
        for index in used..<used + zeros { bytes[index] = 0 }
        // One of the zeros ends the name; the others were for the leading number, which is read before more is stored.
        used += 1
        return start
    }

    private func reserve(_ count: Int) {
        guard used + count > bytes.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: (bytes.count + count) * 2, alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
        bytes.deallocate()
        bytes = larger
    }
}
