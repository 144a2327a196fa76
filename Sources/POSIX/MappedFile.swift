import Glibc

/// A file's contents in memory without copying them, until its owner goes away.
///
/// For files that nobody changes meanwhile: one that is cut off under its reader ends the process.
public struct MappedFile: ~Copyable {
    /// The contents, valid as long as this value.
    public let bytes: UnsafeRawBufferPointer

    /// Maps a file.
    /// - Parameter path: The file.
    /// - Throws: When it is missing, unreadable or cannot be mapped.
    public init(_ path: String) throws(POSIXError) {
        let file = try OwnedDescriptor(opening: path)
        let size = Int(clamping: try file.descriptor.status(path: path).size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor.rawValue, 0)
        guard let start, start != MAP_FAILED else { throw POSIXError(.current, "mmap", path) }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}
