import CPOSIX
import Glibc

extension Directory {
    /// Opens a file by a relative path, refusing to leave this directory or to go through any symbolic link.
    /// - Parameters:
    ///   - relativePath: Elements separated by slashes, without `..`.
    ///   - options: How to open it.
    ///   - mode: The permissions of a file that is created, before the umask.
    /// - Returns: The open file.
    /// - Throws: `tooManyLinks` or `notDirectory` where a symbolic link is in the way, `crossDevice` for `..` and
    ///   absolute paths.
    public func openBeneath(
        _ relativePath: PathBytes,
        _ options: OpenOptions = .read,
        mode: FileMode = 0o644
    ) throws(POSIXError) -> OwnedDescriptor {
        let resolve = UInt64(CPOSIX_RESOLVE_BENEATH | CPOSIX_RESOLVE_NO_SYMLINKS | CPOSIX_RESOLVE_NO_MAGICLINKS)
        let display = display(relativePath)
        do {
            let number = try systemCall("open", display) {
                relativePath.withCString {
                    cposix_openat2(descriptor.rawValue, $0, options.rawValue, mode.rawValue, resolve)
                }
            }
            return OwnedDescriptor(taking: FileDescriptor(rawValue: number))
        } catch {
            // Kernels before 5.6 lack the call, and some sandboxes forbid it.
            guard error.errno == .notImplemented || error.errno == .notPermitted else { throw error }
            return try openByElements(relativePath, options, mode: mode)
        }
    }

    /// Opens a directory by a relative path, refusing to leave this directory or to go through any symbolic link.
    /// - Parameter relativePath: Elements separated by slashes, without `..`.
    /// - Returns: The open directory.
    /// - Throws: As ``openBeneath(_:_:mode:)``.
    public func openDirectoryBeneath(_ relativePath: PathBytes) throws(POSIXError) -> Directory {
        let opened = try openBeneath(relativePath, [.read, .directory])
        return Directory(taking: opened, path: path.appending(relativePath))
    }

    /// The way of ``openBeneath(_:_:mode:)`` for kernels without `openat2`: one element at a time.
    func openByElements(
        _ relativePath: PathBytes,
        _ options: OpenOptions,
        mode: FileMode
    ) throws(POSIXError) -> OwnedDescriptor {
        let display = display(relativePath)
        let slash = UInt8(ascii: "/")
        let elements = relativePath.bytes.split(separator: slash).map { PathBytes($0) }.filter { $0 != "." }
        guard relativePath.bytes.first != slash, !elements.contains("..") else {
            throw POSIXError(.crossDevice, "open", display)
        }
        guard let last = elements.last else {
            guard !relativePath.isEmpty else { throw POSIXError(.noSuchFile, "open", display) }
            return try openFile(".", options, mode: mode)
        }
        var current = try openDirectory(".")
        for element in elements.dropLast() {
            current = try current.openDirectory(element)
        }
        return try current.openFile(last, options, mode: mode)
    }
}
