import CPOSIX

/// The entries that one call read from a directory, in the kernel's own form.
public struct DirectoryRecords: Sequence {
    /// An entry: its name without NUL, valid as long as the buffer, and what the file system says it is.
    public typealias Element = (name: UnsafeRawBufferPointer, type: FileType)

    fileprivate let bytes: UnsafeRawBufferPointer

    /// Goes over the entries, `.` and `..` among them.
    public struct Iterator: IteratorProtocol {
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate var offset = 0

        /// The next entry.
        public mutating func next() -> Element? {
            // struct dirent64: inode (8 bytes), position (8), record length (2), type (1), name.
            let nameOffset = 19
            guard offset + nameOffset < bytes.count else { return nil }
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt16.self))
            guard length > nameOffset, offset + length <= bytes.count else { return nil }
            let type = FileType(directoryEntryType: bytes[offset + 18])
            let field = bytes[(offset + nameOffset)..<(offset + length)]
            let end = field.firstIndex(of: 0) ?? field.endIndex
            offset += length
            return (UnsafeRawBufferPointer(rebasing: field[..<end]), type)
        }
    }

    /// Goes over the entries, in the file system's order.
    public func makeIterator() -> Iterator {
        Iterator(bytes: bytes)
    }
}

extension FileDescriptor {
    /// Reads the next entries of this directory.
    /// - Parameter buffer: Room for at least one entry, about 300 bytes; more room means fewer calls.
    /// - Returns: Some entries, in the file system's order; nil at the directory's end.
    /// - Throws: When the system refuses.
    public func readEntries(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> DirectoryRecords? {
        let count = try retrying { cposix_read_entries(rawValue, buffer.baseAddress, buffer.count) }
        return count == 0 ? nil : DirectoryRecords(bytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
}
