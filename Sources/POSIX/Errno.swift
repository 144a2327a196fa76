import CPOSIX
import Glibc

/// An error number of the operating system.
public struct Errno: RawRepresentable, Hashable, Sendable {
    /// The number, as in `errno.h`.
    public var rawValue: Int32

    /// Wraps a number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The number that the last failed call left in the calling thread.
    public static var current: Errno { Errno(rawValue: cposix_errno()) }
}

extension Errno {
    /// Operation not permitted.
    public static let notPermitted = Errno(rawValue: EPERM)
    /// No such file or directory.
    public static let noSuchFile = Errno(rawValue: ENOENT)
    /// Interrupted by a signal.
    public static let interrupted = Errno(rawValue: EINTR)
    /// Input/output error.
    public static let inputOutput = Errno(rawValue: EIO)
    /// Exec format error.
    public static let execFormat = Errno(rawValue: ENOEXEC)
    /// Resource temporarily unavailable.
    public static let tryAgain = Errno(rawValue: EAGAIN)
    /// Function not implemented: the kernel is too old, or a filter says so.
    public static let noSuchCall = Errno(rawValue: ENOSYS)
    /// Permission denied.
    public static let permissionDenied = Errno(rawValue: EACCES)
    /// File exists.
    public static let fileExists = Errno(rawValue: EEXIST)
    /// Not a directory.
    public static let notDirectory = Errno(rawValue: ENOTDIR)
    /// Is a directory.
    public static let isDirectory = Errno(rawValue: EISDIR)
    /// Invalid argument.
    public static let invalidArgument = Errno(rawValue: EINVAL)
    /// File too large.
    public static let fileTooLarge = Errno(rawValue: EFBIG)
    /// No space left on device.
    public static let noSpace = Errno(rawValue: ENOSPC)
    /// Disk quota exceeded.
    public static let quota = Errno(rawValue: EDQUOT)
    /// No such device: of a file system, that the kernel does not have it.
    public static let noSuchDevice = Errno(rawValue: ENODEV)
    /// Too many users: of namespaces, that they are too many within each other.
    public static let tooManyUsers = Errno(rawValue: EUSERS)
    /// Broken pipe.
    public static let brokenPipe = Errno(rawValue: EPIPE)
    /// File name too long.
    public static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    /// Too many levels of symbolic links, or a link where none may be.
    public static let tooManyLinks = Errno(rawValue: ELOOP)
    /// Connection refused.
    public static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    /// Connection reset by peer.
    public static let connectionReset = Errno(rawValue: ECONNRESET)
    /// Connection timed out.
    public static let timedOut = Errno(rawValue: ETIMEDOUT)
    /// No route to host; also what a failed name lookup is reported as.
    public static let noRoute = Errno(rawValue: EHOSTUNREACH)
}

extension Errno: CustomStringConvertible {
    /// The system's wording, with a small first letter unless it starts an abbreviation.
    public var description: String {
        guard let text = strerror(rawValue) else { return "error \(rawValue)" }
        var bytes = Array(UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) })
        let isCapital = { (byte: UInt8) in byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }
        if bytes.count > 1, isCapital(bytes[0]), !isCapital(bytes[1]) {
            bytes[0] |= 0x20
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
