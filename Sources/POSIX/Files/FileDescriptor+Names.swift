import CPOSIX
import Glibc

/// A NUL-terminated name in the caller's memory.
public typealias NamePointer = UnsafePointer<CChar>

/// Operations on names in a directory for whoever handles a great many files: nothing is allocated, and errors are bare
/// numbers, to which the caller adds the path that only it knows. No operation follows a symbolic link in the name.
extension FileDescriptor {
    /// Opens a file in this directory; a symbolic link is refused with `tooManyLinks`.
    /// - Parameters:
    ///   - name: A single element.
    ///   - options: How to open it.
    ///   - mode: The permissions of a file that is created, before the umask.
    /// - Returns: The open file, which the caller has to close.
    /// - Throws: When the system refuses.
    public func open(
        _ name: NamePointer,
        _ options: OpenOptions,
        mode: FileMode = 0o600
    ) throws(Errno) -> FileDescriptor {
        let flags = options.union(.noFollow).rawValue
        return FileDescriptor(
            rawValue: try retrying { cposix_openat(rawValue, name, flags, mode.rawValue) }
        )
    }

    /// What an entry of this directory is; of a symbolic link, the link itself.
    /// - Parameter name: A single element.
    /// - Returns: The status.
    /// - Throws: When there is no such entry.
    public func status(_ name: NamePointer) throws(Errno) -> FileStatus {
        var raw = stat()
        _ = try retrying { fstatat(rawValue, name, &raw, AT_SYMLINK_NOFOLLOW) }
        return FileStatus(raw)
    }

    /// What the descriptor refers to.
    /// - Returns: The status.
    /// - Throws: When the system refuses.
    public func ownStatus() throws(Errno) -> FileStatus {
        var raw = stat()
        _ = try retrying { fstat(rawValue, &raw) }
        return FileStatus(raw)
    }

    /// Reads a symbolic link in this directory.
    /// - Parameters:
    ///   - name: A single element.
    ///   - buffer: Where the target goes, without NUL; a target that fills it may be cut off.
    /// - Returns: The length of the target.
    /// - Throws: `invalidArgument` when the entry is no symbolic link.
    public func readLink(_ name: NamePointer, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        let start = buffer.assumingMemoryBound(to: CChar.self).baseAddress
        return try retrying { start.map { readlinkat(rawValue, name, $0, buffer.count) } ?? 0 }
    }

    /// Reads, without a name for errors.
    /// - Parameter buffer: Where the bytes go.
    /// - Returns: How many bytes were read; 0 at the end of the file.
    /// - Throws: When the system refuses.
    public func readBytes(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try retrying { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Writes all bytes, without a name for errors.
    /// - Parameter bytes: What to write.
    /// - Throws: When the system refuses; some bytes may have been written.
    public func writeBytes(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try retrying { Glibc.write(rawValue, rest.baseAddress, rest.count) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Moves the position forward, which leaves a hole when something is written after it.
    /// - Parameter count: How far, in bytes.
    /// - Throws: When the system refuses.
    public func skip(_ count: Int64) throws(Errno) {
        _ = try retrying { lseek(rawValue, off_t(count), SEEK_CUR) }
    }

    /// Cuts the file off, or extends it with a hole.
    /// - Parameter size: The new size in bytes.
    /// - Throws: When the system refuses.
    public func setSize(_ size: Int64) throws(Errno) {
        _ = try retrying { ftruncate(rawValue, off_t(size)) }
    }

    /// Makes a directory in this one.
    /// - Parameters:
    ///   - name: A single element.
    ///   - mode: Its permissions, before the umask.
    /// - Throws: `fileExists` when the name is taken.
    public func makeDirectory(_ name: NamePointer, mode: FileMode = 0o700) throws(Errno) {
        _ = try retrying { mkdirat(rawValue, name, mode.rawValue) }
    }

    /// Makes a symbolic link in this directory.
    /// - Parameters:
    ///   - name: A single element.
    ///   - target: What it names; not looked at.
    /// - Throws: `fileExists` when the name is taken.
    public func makeSymlink(_ name: NamePointer, target: NamePointer) throws(Errno) {
        _ = try retrying { symlinkat(target, rawValue, name) }
    }

    /// Gives a file a further name; a symbolic link gets the name itself, not its target.
    /// - Parameters:
    ///   - name: The new name, a single element in this directory.
    ///   - existing: The file's name, a single element.
    ///   - directory: Where the file is.
    /// - Throws: When the system refuses.
    public func makeHardLink(
        _ name: NamePointer,
        to existing: NamePointer,
        in directory: FileDescriptor
    ) throws(Errno) {
        _ = try retrying { linkat(directory.rawValue, existing, rawValue, name, 0) }
    }

    /// Makes a fifo in this directory.
    /// - Parameters:
    ///   - name: A single element.
    ///   - mode: Its permissions, before the umask.
    /// - Throws: `fileExists` when the name is taken.
    public func makeFIFO(_ name: NamePointer, mode: FileMode) throws(Errno) {
        _ = try retrying { mkfifoat(rawValue, name, mode.rawValue) }
    }

    /// Makes a fifo or device file in this directory.
    /// - Parameters:
    ///   - name: A single element.
    ///   - type: The kind of file.
    ///   - mode: Its permissions, before the umask.
    ///   - major: Major number of a device.
    ///   - minor: Minor number of a device.
    /// - Throws: `notPermitted` for devices without the privilege.
    public func makeNode(
        _ name: NamePointer,
        type: FileType,
        mode: FileMode,
        major: UInt32,
        minor: UInt32
    ) throws(Errno) {
        let bits = type.modeBits | mode.rawValue
        _ = try retrying { mknodat(rawValue, name, bits, cposix_makedev(major, minor)) }
    }

    /// Removes a name that is no directory.
    /// - Parameter name: A single element.
    /// - Throws: `isDirectory` for a directory.
    public func unlink(_ name: NamePointer) throws(Errno) {
        _ = try retrying { unlinkat(rawValue, name, 0) }
    }

    /// Renames an entry of this directory, replacing what has the new name.
    /// - Parameters:
    ///   - name: A single element.
    ///   - newName: A single element.
    ///   - directory: Where the new name is.
    /// - Throws: When the system refuses.
    public func rename(
        _ name: NamePointer,
        to newName: NamePointer,
        in directory: FileDescriptor
    ) throws(Errno) {
        _ = try retrying { renameat(rawValue, name, directory.rawValue, newName) }
    }

    /// Changes the owner of an entry; of a symbolic link, of the link itself.
    /// - Parameters:
    ///   - name: A single element.
    ///   - uid: The new owner.
    ///   - gid: The new group.
    /// - Throws: `notPermitted` without the privilege.
    public func changeOwner(_ name: NamePointer, uid: UInt32, gid: UInt32) throws(Errno) {
        _ = try retrying { fchownat(rawValue, name, uid, gid, AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets the time of an entry; of a symbolic link, of the link itself.
    /// - Parameters:
    ///   - name: A single element.
    ///   - time: The time of the last change, and of the last access.
    /// - Throws: When the system refuses.
    public func setTime(_ name: NamePointer, _ time: FileTime) throws(Errno) {
        let times = (time.timespec, time.timespec)
        _ = try retrying {
            withUnsafePointer(to: times) { pair in
                pair.withMemoryRebound(to: timespec.self, capacity: 2) {
                    utimensat(rawValue, name, $0, AT_SYMLINK_NOFOLLOW)
                }
            }
        }
    }

    /// Changes the owner of the open file.
    /// - Parameters:
    ///   - uid: The new owner.
    ///   - gid: The new group.
    /// - Throws: `notPermitted` without the privilege.
    public func changeOwner(uid: UInt32, gid: UInt32) throws(Errno) {
        _ = try retrying { fchown(rawValue, uid, gid) }
    }

    /// Changes the permissions of the open file, whatever the umask.
    /// - Parameter mode: The new permissions.
    /// - Throws: `notPermitted` without the privilege.
    public func changeMode(_ mode: FileMode) throws(Errno) {
        _ = try retrying { fchmod(rawValue, mode.rawValue) }
    }

    /// Sets the time of the open file.
    /// - Parameter time: The time of the last change, and of the last access.
    /// - Throws: When the system refuses.
    public func setTime(_ time: FileTime) throws(Errno) {
        let times = (time.timespec, time.timespec)
        _ = try retrying {
            withUnsafePointer(to: times) { pair in
                pair.withMemoryRebound(to: timespec.self, capacity: 2) { futimens(rawValue, $0) }
            }
        }
    }
}
