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
    ///
    /// Moves the descriptor's position, so two threads must not list one open directory at the same time.
    /// - Returns: All entries with their types.
    /// - Throws: When the directory cannot be read.
    public func entries() throws(POSIXError) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        var failure: Errno?
        withUnsafeTemporaryAllocation(byteCount: 32768, alignment: 8) { buffer in
            do throws(Errno) {
                _ = try retrying { lseek(descriptor.rawValue, 0, SEEK_SET) }
                while let records = try descriptor.readEntries(into: buffer) {
                    for record in records { append(record, to: &entries) }
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw POSIXError(failure, "readdirent", path.string) }
        entries.sort { $0.rawName < $1.rawName }
        return entries
    }

    private func append(_ record: DirectoryRecords.Element, to entries: inout [DirectoryEntry]) {
        let name = PathBytes(record.name)
        if name == "." || name == ".." { return }
        var type = record.type
        // Some file systems leave the type out.
        if type == .unknown, let status = try? status(name) { type = status.type }
        entries.append(DirectoryEntry(rawName: name, type: type))
    }
}
