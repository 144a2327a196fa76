public import POSIX

/// A source that reads from an open file, pipe or socket.
public final class FileSource: ByteSource {
    private let file: OwnedDescriptor
    private let path: String?

    /// Reads a file from its start.
    ///
    /// - Parameter path: the file.
    /// - Throws: if it can't be opened.
    public init(path: String) throws(ArchiveError) {
        file = try system { () throws(POSIXError) in try OwnedDescriptor(opening: path) }
        self.path = path
    }

    /// Takes over a descriptor and reads on from its position.
    ///
    /// - Parameters:
    ///   - file: open for reading.
    ///   - path: the name to report in errors.
    public init(taking file: consuming OwnedDescriptor, path: String? = nil) {
        self.file = file
        self.path = path
    }

    /// Reads what is there, up to the buffer's size.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        try system { () throws(POSIXError) in try file.descriptor.read(into: buffer, path: path) }
    }
}
