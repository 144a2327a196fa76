import CPOSIX
import Glibc

extension FileSystem {
    /// Removes what a path names, and everything in it if it is a directory; symbolic links are removed, not followed.
    /// - Parameter path: Any path; nothing happens if there is nothing.
    /// - Throws: On the first thing that cannot be removed.
    public static func removeTree(_ path: String) throws(POSIXError) {
        do {
            try removeFile(path)
        } catch {
            switch error.errno {
            case .noSuchFile, .notDirectory: return
            case .isDirectory, .notPermitted: break
            default: throw error
            }
            try removeContents(path)
            try removeDirectory(path)
        }
    }

    /// Removes a tree, also one with directories that their owner may not enter or change, as programs leave them.
    /// - Parameter path: Any path; nothing happens if there is nothing.
    /// - Throws: On the first thing that cannot be removed, which its owner may not be able to either.
    public static func removeClosedTree(_ path: String) throws(POSIXError) {
        if (try? removeTree(path)) != nil { return }
        openDirectories(path)
        try removeTree(path)
    }

    private static func openDirectories(_ path: String) {
        guard let status = try? linkStatus(path), status.isDirectory else { return }
        if status.mode.rawValue & 0o700 != 0o700 { try? chmod(path, 0o700) }
        for entry in (try? list(path)) ?? [] where entry.type == .directory {
            openDirectories(Path.join(path, entry.name))
        }
    }

    /// Removes everything in a directory, but not the directory itself.
    /// - Parameter path: The directory.
    /// - Throws: On the first thing that cannot be removed.
    public static func removeContents(_ path: String) throws(POSIXError) {
        try Directory(opening: path).removeContents()
    }

    /// Gives what a path leads to, and everything in it if it is a directory, to another user.
    ///
    /// Symbolic links in the directory are given themselves, not what they lead to.
    /// - Parameters:
    ///   - path: Any path; a symbolic link at its end is followed.
    ///   - uid: The new owner.
    ///   - gid: The new group.
    /// - Throws: On the first thing that cannot be given.
    public static func changeOwnerOfTree(_ path: String, uid: UInt32, gid: UInt32) throws(POSIXError) {
        try chown(path, uid: uid, gid: gid)
        if isDirectory(path) { try Directory(opening: path).changeOwnerOfContents(uid: uid, gid: gid) }
    }

    /// Copies a file, directory or symbolic link, with modes and times; directories with everything in them.
    ///
    /// Owners are kept where the process may do so. Fifos and devices are made anew, sockets left out.
    /// - Parameters:
    ///   - source: What to copy; a symbolic link is copied as a link.
    ///   - destination: The copy's path. A directory that is there is filled, a file replaced.
    /// - Throws: On the first thing that cannot be copied.
    public static func copyTree(_ source: String, to destination: String) throws(POSIXError) {
        let from = try Directory(opening: Path.directory(source))
        let into = try Directory(opening: Path.directory(destination))
        try from.copy(PathBytes(Path.base(source)), to: PathBytes(Path.base(destination)), in: into)
    }

    /// Copies a file's contents and permissions, sharing blocks where the file system can.
    /// - Parameters:
    ///   - source: An ordinary file; symbolic links are followed.
    ///   - destination: The copy's path; a file that is there is replaced.
    ///   - mode: The permissions of a copy that is new, before the umask; those of the file for `nil`.
    /// - Throws: When the system refuses; the copy may then be incomplete.
    public static func copyFile(
        _ source: String,
        to destination: String,
        mode: FileMode? = nil
    ) throws(POSIXError) {
        let from = try OwnedDescriptor(opening: source, [.read, .nonBlocking])
        let status = try from.descriptor.status(path: source)
        guard status.isRegular else {
            let found = "is \(status.type.phrase), where an ordinary file was expected"
            throw POSIXError(.invalidArgument, "copy", source, explanation: found)
        }
        let into = try OwnedDescriptor(opening: destination, .replace, mode: mode ?? status.mode)
        try from.descriptor.copyContents(to: into.descriptor, path: source)
    }
}

extension FileDescriptor {
    /// Copies the rest of this file to another: by sharing blocks, else within the kernel, else through memory.
    /// - Parameters:
    ///   - destination: Where the bytes go.
    ///   - path: The name to report in an error.
    /// - Throws: When the system refuses; the copy may then be incomplete.
    public func copyContents(to destination: FileDescriptor, path: String? = nil) throws(POSIXError) {
        if cposix_clone_file(rawValue, destination.rawValue) == 0 { return }
        var hasCopied = false
        while true {
            let count = cposix_copy_range(rawValue, destination.rawValue, 1 << 30)
            if count > 0 {
                hasCopied = true
                continue
            }
            // Nothing at the very start may also be a file below /proc, which only reading shows.
            if count == 0, hasCopied { return }
            if count < 0, Errno.current == .interrupted { continue }
            break
        }
        var failure: POSIXError?
        withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 16) { buffer in
            do throws(POSIXError) {
                while true {
                    let count = try read(into: buffer, path: path)
                    if count == 0 { return }
                    try destination.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]), path: path)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}

extension Directory {
    /// Removes an entry, and everything in it if it is a directory.
    /// - Parameter name: The entry's name; nothing happens if there is none.
    /// - Throws: On the first thing that cannot be removed.
    public func removeTree(_ name: PathBytes) throws(POSIXError) {
        do {
            try removeFile(name)
        } catch {
            switch error.errno {
            case .noSuchFile: return
            case .isDirectory, .notPermitted: break
            default: throw error
            }
            // Only a directory answers like this, so `notPermitted` for any other reason comes back from here as
            // `notDirectory`.
            try openDirectory(name).removeContents()
            try removeDirectory(name)
        }
    }

    /// Removes everything in this directory.
    /// - Throws: On the first thing that cannot be removed.
    public func removeContents() throws(POSIXError) {
        for entry in try entries() {
            if entry.type == .directory {
                try openDirectory(entry.rawName).removeContents()
                try removeDirectory(entry.rawName)
            } else {
                try removeFile(entry.rawName)
            }
        }
    }

    /// Gives everything in this directory, but not the directory itself, to another user.
    ///
    /// Directories are entered before they are given away: whoever gets them could put a link in their place.
    /// - Parameters:
    ///   - uid: The new owner.
    ///   - gid: The new group.
    /// - Throws: On the first thing that cannot be given.
    public func changeOwnerOfContents(uid: UInt32, gid: UInt32) throws(POSIXError) {
        for entry in try entries() {
            if entry.type == .directory {
                try openDirectory(entry.rawName).changeOwnerOfContents(uid: uid, gid: gid)
            }
            try changeOwner(entry.rawName, uid: uid, gid: gid)
        }
    }

    /// Copies an entry of this directory, with everything in it if it is a directory.
    /// - Parameters:
    ///   - name: The entry's name.
    ///   - newName: The copy's name. A directory that is there is filled, a file replaced.
    ///   - destination: Where the copy is made.
    /// - Throws: On the first thing that cannot be copied.
    public func copy(
        _ name: PathBytes,
        to newName: PathBytes,
        in destination: borrowing Directory
    ) throws(POSIXError) {
        let status = try status(name)
        switch status.type {
        case .regular:
            let source = try openFile(name)
            let copy = try destination.openFile(newName, .replace, mode: status.mode)
            try source.descriptor.copyContents(to: copy.descriptor, path: display(name))
        case .directory:
            try destination.makeDirectoryIfMissing(newName)
            let source = try openDirectory(name)
            let copy = try destination.openDirectory(newName)
            for entry in try source.entries() {
                try source.copy(entry.rawName, to: entry.rawName, in: copy)
            }
        case .symlink:
            try destination.removeTree(newName)
            try destination.createSymlink(newName, target: try readLink(name))
        case .fifo, .characterDevice, .blockDevice:
            try destination.removeTree(newName)
            try destination.makeNode(
                newName,
                type: status.type,
                mode: status.mode,
                major: status.deviceMajor,
                minor: status.deviceMinor
            )
        case .socket, .unknown:
            return
        }
        try destination.takeOver(status, newName)
    }

    private func makeDirectoryIfMissing(_ name: PathBytes) throws(POSIXError) {
        do {
            try makeDirectory(name)
        } catch {
            guard error.errno == .fileExists else { throw error }
        }
    }

    /// Gives an entry the owner, permissions and times of its original.
    ///
    /// The owner comes first, since a change of it clears setuid.
    private func takeOver(_ status: FileStatus, _ name: PathBytes) throws(POSIXError) {
        if Users.isRoot { try changeOwner(name, uid: status.uid, gid: status.gid) }
        if !status.isSymlink { try changeMode(name, status.mode) }
        try setTime(name, status.mtime)
    }
}
