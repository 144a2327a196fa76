import CPOSIX
import Glibc

/// A name in a directory and the kind of file behind it.
public struct DirectoryEntry: Hashable, Sendable {
    /// The name as the file system has it.
    public var rawName: PathBytes
    /// The kind of file; of a symbolic link, the link itself.
    public var type: FileType

    /// The name as text; bytes that are not UTF-8 are replaced.
    public var name: String { rawName.string }

    /// Describes an entry.
    /// - Parameters:
    ///   - rawName: The name.
    ///   - type: The kind of file.
    public init(rawName: PathBytes, type: FileType) {
        self.rawName = rawName
        self.type = type
    }
}

extension Directory {
    /// The entries but `.` and `..`, sorted bytewise.
    /// - Returns: All entries with their types.
    /// - Throws: When the directory cannot be read.
    public func entries() throws(POSIXError) -> [DirectoryEntry] {
        // A second description of the directory: readdir moves the position, and closedir closes the descriptor.
        let number = try systemCall("open", path.string) {
            cposix_openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY, 0)
        }
        guard let stream = fdopendir(number) else {
            let error = Errno.current
            FileDescriptor(rawValue: number).close()
            throw POSIXError(error, "fdopendir", path.string)
        }
        defer { closedir(stream) }
        var entries: [DirectoryEntry] = []
        while true {
            // The end and an error look alike but for errno.
            cposix_set_errno(0)
            guard let entry = readdir(stream) else { break }
            let name = PathBytes(entryName: entry)
            if name == "." || name == ".." { continue }
            var type = FileType(directoryEntryType: entry.pointee.d_type)
            if type == .unknown, let status = try? status(name) { type = status.type }
            entries.append(DirectoryEntry(rawName: name, type: type))
        }
        let error = Errno.current
        guard error.rawValue == 0 else { throw POSIXError(error, "readdirent", path.string) }
        entries.sort { $0.rawName < $1.rawName }
        return entries
    }
}

extension PathBytes {
    /// Copies the name of an entry that `readdir` returned.
    fileprivate init(entryName entry: UnsafeMutablePointer<dirent>) {
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
        let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        let length = strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
        self.init(UnsafeBufferPointer(start: start, count: length))
    }
}
