import POSIX

/// Writes single entries of the file system to a tar stream, under given names.
struct EntryWriter {
    /// The owner of all entries; nil keeps the owners on disk.
    let owner: EntryOwner?
    /// Whether errors say that a file could not be added, as they do for layers of chosen files.
    let namesFailedFile: Bool
    /// Whether entries get the modification times that they have on disk.
    var keepsTimes = false

    /// Writes an entry of a directory with its content.
    ///
    /// - Parameters:
    ///   - name: a single element.
    ///   - type: what the directory says that it is.
    ///   - directory: where it is.
    ///   - path: its path, which is also the name in the archive.
    ///   - output: takes the entry.
    /// - Throws: an error that names the file; the stream can't be continued then.
    func write(
        _ name: NamePointer,
        type: FileType,
        in directory: FileDescriptor,
        path: borrowing EntryPath,
        to output: inout TarStream
    ) throws(ArchiveError) {
        guard type == .regular else { return try writeSpecial(name, in: directory, path: path, to: &output) }
        let file: FileDescriptor
        do throws(Errno) {
            // Should a fifo have taken the file's place, opening must not wait for its writer.
            file = try directory.open(name, [.read, .nonBlocking])
        } catch {
            throw failure(error, "open", path)
        }
        defer { file.close() }
        let status: FileStatus
        do throws(Errno) {
            status = try file.ownStatus()
        } catch {
            throw failure(error, "stat", path)
        }
        guard status.isRegular else {
            throw .changedWhileReading(path: path.string, reason: "it is no regular file any more")
        }
        try output.header(numbers(.file, status, size: status.size), name: path.bytes)
        try copy(file, size: status.size, path: path, to: &output)
        try output.pad(after: status.size)
    }

    /// Writes exactly as many bytes of a file as its header says.
    func copy(
        _ file: FileDescriptor,
        size: Int64,
        path: borrowing EntryPath,
        to output: inout TarStream
    ) throws(ArchiveError) {
        var remaining = size
        while remaining > 0 {
            let space = try output.space()
            // Asking for one byte more shows without another call whether the file has grown.
            let wanted = Int(min(Int64(space.count), remaining + 1))
            let count = try read(file, UnsafeMutableRawBufferPointer(rebasing: space[..<wanted]), path)
            guard count > 0 else {
                throw .changedWhileReading(path: path.string, reason: "\(remaining) of \(size) bytes are missing")
            }
            guard Int64(count) <= remaining else { throw grown(path, size) }
            output.advance(count)
            remaining -= Int64(count)
            if remaining == 0, count == wanted {
                var probe: UInt8 = 0
                let more = try withUnsafeMutableBytes(of: &probe) { buffer in
                    capture { () throws(ArchiveError) in try read(file, buffer, path) }
                }.get()
                guard more == 0 else { throw grown(path, size) }
            }
        }
    }

    private func grown(_ path: borrowing EntryPath, _ size: Int64) -> ArchiveError {
        .changedWhileReading(path: path.string, reason: "it has more than the \(size) bytes it had at first")
    }

    private func read(
        _ file: FileDescriptor,
        _ buffer: UnsafeMutableRawBufferPointer,
        _ path: borrowing EntryPath
    ) throws(ArchiveError) -> Int {
        do throws(Errno) {
            return try file.readBytes(into: buffer)
        } catch {
            throw failure(error, "read", path)
        }
    }

    /// Writes anything but a regular file.
    private func writeSpecial(
        _ name: NamePointer,
        in directory: FileDescriptor,
        path: borrowing EntryPath,
        to output: inout TarStream
    ) throws(ArchiveError) {
        let status: FileStatus
        do throws(Errno) {
            status = try directory.status(name)
        } catch {
            throw failure(error, "lstat", path)
        }
        switch status.type {
        case .directory: try output.header(numbers(.directory, status), name: path.bytes)
        case .fifo: try output.header(numbers(.fifo, status), name: path.bytes)
        case .symlink: try writeLink(name, status, in: directory, path: path, to: &output)
        case .characterDevice: try output.header(numbers(.characterDevice, status), name: path.bytes)
        case .blockDevice: try output.header(numbers(.blockDevice, status), name: path.bytes)
        case .socket: break  // A socket without its process means nothing; the reference leaves it out, too.
        case .regular: throw .changedWhileReading(path: path.string, reason: "it has become a regular file")
        case .unknown: throw .unsupportedFileType(path: path.string)
        }
    }

    private func writeLink(
        _ name: NamePointer,
        _ status: FileStatus,
        in directory: FileDescriptor,
        path: borrowing EntryPath,
        to output: inout TarStream
    ) throws(ArchiveError) {
        // One byte more than any target has: PATH_MAX counts the NUL that is not stored.
        try withUnsafeTemporaryAllocation(byteCount: 4097, alignment: 1) { buffer in
            capture { () throws(ArchiveError) in
                let length: Int
                do throws(Errno) {
                    length = try directory.readLink(name, into: buffer)
                } catch {
                    throw failure(error, "readlink", path)
                }
                try output.header(
                    numbers(.symbolicLink, status),
                    name: path.bytes,
                    linkName: UnsafeRawBufferPointer(rebasing: buffer[..<length])
                )
            }
        }.get()
    }

    /// The header's numbers for a status.
    func numbers(_ kind: TarEntryKind, _ status: FileStatus, size: Int64 = 0) -> TarNumbers {
        let isDevice = kind == .characterDevice || kind == .blockDevice
        var numbers = TarNumbers(
            kind: kind,
            mode: Int64(status.mode.rawValue),
            uid: owner.map { Int64($0.uid) } ?? Int64(status.uid),
            gid: owner.map { Int64($0.gid) } ?? Int64(status.gid),
            size: size,
            deviceMajor: isDevice ? Int64(status.deviceMajor) : 0,
            deviceMinor: isDevice ? Int64(status.deviceMinor) : 0
        )
        if keepsTimes {
            numbers.modificationTime = status.mtime.seconds
            numbers.nanoseconds = status.mtime.nanoseconds
        }
        return numbers
    }

    private func failure(_ error: Errno, _ operation: String, _ path: borrowing EntryPath) -> ArchiveError {
        let cause = POSIXError(error, operation, path.string)
        return namesFailedFile ? .cannotAdd(path: path.string, cause) : .system(cause)
    }
}
