import CPOSIX
import Glibc

/// A descriptor that is closed when its owner goes away.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The descriptor, valid as long as this value.
    public let descriptor: FileDescriptor

    /// Takes over a descriptor.
    /// - Parameter descriptor: An open descriptor that nobody else closes.
    public init(taking descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Opens a file.
    /// - Parameters:
    ///   - path: The file; symbolic links are followed unless the options say otherwise.
    ///   - options: How to open it.
    ///   - mode: The permissions of a file that is created, before the umask.
    /// - Throws: When the system refuses.
    public init(opening path: String, _ options: OpenOptions = .read, mode: FileMode = 0o644) throws(POSIXError) {
        let number = try systemCall("open", path) { cposix_openat(AT_FDCWD, path, options.rawValue, mode.rawValue) }
        self.init(taking: FileDescriptor(rawValue: number))
    }

    /// Gives up ownership.
    /// - Returns: The descriptor, which the caller has to close.
    public consuming func release() -> FileDescriptor {
        let released = descriptor
        discard self
        return released
    }

    deinit {
        descriptor.close()
    }
}

/// How to open a file.
public struct OpenOptions: OptionSet, Sendable {
    /// The flags of `open`.
    public var rawValue: Int32

    /// Wraps flags of `open`.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// For reading only.
    public static let read = OpenOptions(rawValue: O_RDONLY)
    /// For writing only.
    public static let write = OpenOptions(rawValue: O_WRONLY)
    /// For reading and writing.
    public static let readWrite = OpenOptions(rawValue: O_RDWR)
    /// Create the file if it is not there.
    public static let create = OpenOptions(rawValue: O_CREAT)
    /// With ``create``: fail if the file is there.
    public static let exclusive = OpenOptions(rawValue: O_EXCL)
    /// Cut an existing file to nothing.
    public static let truncate = OpenOptions(rawValue: O_TRUNC)
    /// Write at the end.
    public static let append = OpenOptions(rawValue: O_APPEND)
    /// Fail unless it is a directory.
    public static let directory = OpenOptions(rawValue: O_DIRECTORY)
    /// Fail if the last element is a symbolic link.
    public static let noFollow = OpenOptions(rawValue: O_NOFOLLOW)
    /// Do not wait for a writer of a fifo, nor for data.
    public static let nonBlocking = OpenOptions(rawValue: O_NONBLOCK)
    /// Only a handle on the place in the file tree, without access to the contents.
    public static let pathOnly = OpenOptions(rawValue: CPOSIX_O_PATH)

    /// Create or replace, for writing.
    public static let replace: OpenOptions = [.write, .create, .truncate]
}
