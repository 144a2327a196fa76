import CPOSIX
import Glibc

/// An open directory, below which files are reached without following symbolic links.
///
/// Names are single elements unless a method says otherwise. As long as callers pass single elements, nobody who can
/// write to the tree can lead an operation out of it.
public struct Directory: ~Copyable {
    /// The directory's descriptor, valid as long as this value.
    public var descriptor: FileDescriptor { owner.descriptor }

    /// The path that the directory was opened by, for error messages.
    public let path: PathBytes

    private let owner: OwnedDescriptor

    /// Opens a directory by a trusted path; symbolic links in it are followed.
    /// - Parameter path: The directory.
    /// - Throws: When it is missing, no directory, or unreadable.
    public init(opening path: PathBytes) throws(POSIXError) {
        let number = try systemCall("open", path.string) {
            path.withCString { cposix_openat(AT_FDCWD, $0, O_RDONLY | O_DIRECTORY, 0) }
        }
        self.init(taking: OwnedDescriptor(taking: FileDescriptor(rawValue: number)), path: path)
    }

    /// Opens a directory by a trusted path; symbolic links in it are followed.
    /// - Parameter path: The directory.
    /// - Throws: When it is missing, no directory, or unreadable.
    public init(opening path: String) throws(POSIXError) {
        try self.init(opening: PathBytes(path))
    }

    /// Takes over a descriptor of a directory.
    /// - Parameters:
    ///   - owner: The descriptor.
    ///   - path: How to call the directory in error messages.
    public init(taking owner: consuming OwnedDescriptor, path: PathBytes) {
        self.owner = owner
        self.path = path
    }

    /// Opens a file in this directory; a symbolic link is refused with `tooManyLinks`.
    /// - Parameters:
    ///   - name: The file's name.
    ///   - options: How to open it.
    ///   - mode: The permissions of a file that is created, before the umask.
    /// - Returns: The open file.
    /// - Throws: When the system refuses.
    public func openFile(
        _ name: PathBytes,
        _ options: OpenOptions = .read,
        mode: FileMode = 0o644
    ) throws(POSIXError) -> OwnedDescriptor {
        let flags = options.union(.noFollow).rawValue
        let number = try systemCall("open", display(name)) {
            name.withCString { cposix_openat(descriptor.rawValue, $0, flags, mode.rawValue) }
        }
        return OwnedDescriptor(taking: FileDescriptor(rawValue: number))
    }

    /// Opens a directory in this one; a symbolic link is refused.
    /// - Parameter name: The directory's name.
    /// - Returns: The open directory.
    /// - Throws: `notDirectory` for anything else, also a symbolic link.
    public func openDirectory(_ name: PathBytes) throws(POSIXError) -> Directory {
        Directory(taking: try openFile(name, [.read, .directory]), path: path.appending(name))
    }

    /// What an entry is; of a symbolic link, the link itself.
    /// - Parameter name: The entry's name.
    /// - Returns: The status.
    /// - Throws: When there is no such entry.
    public func status(_ name: PathBytes) throws(POSIXError) -> FileStatus {
        var raw = stat()
        try systemCall("lstat", display(name)) {
            name.withCString { fstatat(descriptor.rawValue, $0, &raw, AT_SYMLINK_NOFOLLOW) }
        }
        return FileStatus(raw)
    }

    /// The target that a symbolic link names.
    /// - Parameter name: The link's name.
    /// - Returns: The target as it is written there.
    /// - Throws: `invalidArgument` when the entry is no symbolic link.
    public func readLink(_ name: PathBytes) throws(POSIXError) -> PathBytes {
        try readSymlink(at: descriptor.rawValue, name, display: display(name))
    }

    /// Makes a directory.
    /// - Parameters:
    ///   - name: Its name.
    ///   - mode: Its permissions, before the umask.
    /// - Throws: `fileExists` when the name is taken.
    public func makeDirectory(_ name: PathBytes, mode: FileMode = 0o755) throws(POSIXError) {
        try call("mkdir", name) { mkdirat($0, $1, mode.rawValue) }
    }

    /// Makes a symbolic link.
    /// - Parameters:
    ///   - name: Its name.
    ///   - target: What it names; not looked at.
    /// - Throws: `fileExists` when the name is taken.
    public func createSymlink(_ name: PathBytes, target: PathBytes) throws(POSIXError) {
        try systemCall("symlink", target.string, to: display(name)) {
            target.withCString { target in name.withCString { symlinkat(target, descriptor.rawValue, $0) } }
        }
    }

    /// Gives a file a second name; a symbolic link gets the name itself, not its target.
    /// - Parameters:
    ///   - name: The new name, in this directory.
    ///   - existing: The file's name.
    ///   - directory: Where the file is.
    /// - Throws: When the system refuses.
    public func createHardLink(
        _ name: PathBytes,
        to existing: PathBytes,
        in directory: borrowing Directory
    ) throws(POSIXError) {
        let source = directory.descriptor.rawValue
        try systemCall("link", directory.display(existing), to: display(name)) {
            existing.withCString { old in name.withCString { linkat(source, old, descriptor.rawValue, $0, 0) } }
        }
    }

    /// Makes a fifo, socket or device file.
    /// - Parameters:
    ///   - name: Its name.
    ///   - type: The kind of file.
    ///   - mode: Its permissions, before the umask.
    ///   - major: Major number of a device.
    ///   - minor: Minor number of a device.
    /// - Throws: `notPermitted` for devices without the privilege.
    public func makeNode(
        _ name: PathBytes,
        type: FileType,
        mode: FileMode,
        major: UInt32 = 0,
        minor: UInt32 = 0
    ) throws(POSIXError) {
        let bits = type.modeBits | mode.rawValue
        try call("mknod", name) { mknodat($0, $1, bits, cposix_makedev(major, minor)) }
    }

    /// Removes a name that is no directory.
    /// - Parameter name: The entry's name.
    /// - Throws: When the system refuses.
    public func removeFile(_ name: PathBytes) throws(POSIXError) {
        try call("unlink", name) { unlinkat($0, $1, 0) }
    }

    /// Removes an empty directory.
    /// - Parameter name: The directory's name.
    /// - Throws: `directoryNotEmpty` when something is in it.
    public func removeDirectory(_ name: PathBytes) throws(POSIXError) {
        try call("rmdir", name) { unlinkat($0, $1, AT_REMOVEDIR) }
    }

    /// Renames an entry, replacing what has the new name.
    /// - Parameters:
    ///   - name: The entry's name.
    ///   - newName: The name it gets.
    ///   - directory: Where the new name is.
    /// - Throws: When the system refuses.
    public func rename(
        _ name: PathBytes,
        to newName: PathBytes,
        in directory: borrowing Directory
    ) throws(POSIXError) {
        let target = directory.descriptor.rawValue
        try systemCall("rename", display(name), to: directory.display(newName)) {
            name.withCString { old in newName.withCString { renameat(descriptor.rawValue, old, target, $0) } }
        }
    }

    /// Changes the owner of an entry; of a symbolic link, of the link itself.
    /// - Parameters:
    ///   - name: The entry's name.
    ///   - uid: The new owner.
    ///   - gid: The new group.
    /// - Throws: `notPermitted` without the privilege.
    public func changeOwner(_ name: PathBytes, uid: UInt32, gid: UInt32) throws(POSIXError) {
        try call("lchown", name) { fchownat($0, $1, uid, gid, AT_SYMLINK_NOFOLLOW) }
    }

    /// Changes the permissions of an entry that must not be a symbolic link.
    ///
    /// The system call follows links, and so do its variants in libc for most kernels; the entry is therefore opened
    /// first.
    /// - Parameters:
    ///   - name: The entry's name.
    ///   - mode: The new permissions.
    /// - Throws: `tooManyLinks` for a symbolic link.
    public func changeMode(_ name: PathBytes, _ mode: FileMode) throws(POSIXError) {
        let file = try openFile(name, .pathOnly)
        let status = try file.descriptor.status(path: display(name))
        guard status.type != .symlink else { throw POSIXError(.tooManyLinks, "chmod", display(name)) }
        // A handle from O_PATH refuses fchmod, but its name below /proc leads to the very same file.
        do {
            try systemCall("chmod", display(name)) {
                chmod("/proc/self/fd/\(file.descriptor.rawValue)", mode.rawValue)
            }
        } catch  where error.errno == .noSuchFile {
            let path = display(name)
            throw POSIXError(error.errno, "chmod", path, explanation: "/proc has to be mounted to do this safely")
        }
    }

    /// Sets the times of an entry; of a symbolic link, of the link itself.
    /// - Parameters:
    ///   - name: The entry's name.
    ///   - time: The time of the last change, and of the last access.
    /// - Throws: When the system refuses.
    public func setTime(_ name: PathBytes, _ time: FileTime) throws(POSIXError) {
        let times = [time.timespec, time.timespec]
        try call("utimes", name) { utimensat($0, $1, times, AT_SYMLINK_NOFOLLOW) }
    }

    /// The path of an entry, for error messages.
    func display(_ name: PathBytes) -> String {
        path.appending(name).string
    }

    private func call(
        _ operation: String,
        _ name: PathBytes,
        _ body: (Int32, UnsafePointer<CChar>) -> Int32
    ) throws(POSIXError) {
        try systemCall(operation, display(name)) { name.withCString { body(descriptor.rawValue, $0) } }
    }
}

/// Reads a symbolic link of any length.
func readSymlink(at directory: Int32, _ name: PathBytes, display: String) throws(POSIXError) -> PathBytes {
    var capacity = 256
    while true {
        var result = 0
        let target = [CChar](unsafeUninitializedCapacity: capacity) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            result = name.withCString { readlinkat(directory, $0, start, capacity) }
            count = max(result, 0)
        }
        guard result >= 0 else { throw POSIXError(.current, "readlink", display) }
        // A full buffer may mean that the target was cut off.
        if result < capacity { return PathBytes(target.map { UInt8(bitPattern: $0) }) }
        capacity *= 4
    }
}

extension FileType {
    /// The bits that `mknod` wants.
    var modeBits: mode_t {
        switch self {
        case .regular, .unknown: S_IFREG
        case .directory: S_IFDIR
        case .symlink: S_IFLNK
        case .fifo: S_IFIFO
        case .socket: S_IFSOCK
        case .characterDevice: S_IFCHR
        case .blockDevice: S_IFBLK
        }
    }
}
