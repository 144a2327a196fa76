internal import CPOSIX

/// A system call that failed: what was attempted, on which file, and why.
public struct SystemError: Error, Equatable, Sendable {
    /// What was attempted, such as `open`; empty where the message speaks for itself.
    public let operation: String
    /// The file concerned, as text for messages.
    public let path: String
    /// The error number.
    public let code: Int32
    /// The most bytes that are read of the file, where it holds more; 0 for other failures.
    public let limit: Int

    /// A failure.
    ///
    /// - Parameters:
    ///   - operation: What was attempted, such as `open`.
    ///   - path: The file concerned.
    ///   - code: The error number.
    ///   - limit: The most bytes that are read of the file, where it holds more.
    public init(operation: String, path: RawPath, code: Int32, limit: Int = 0) {
        self.operation = operation
        self.path = path.description
        self.code = code
        self.limit = limit
    }

    /// The code of something that is no ordinary file where one was expected; no error number is negative.
    static let notRegular: Int32 = -1

    /// The code of a file that isn't there.
    public static let noSuchFile = ENOENT

    /// Why, without operation and path.
    public var reason: String {
        limit > 0
            ? "larger than \(limit) bytes, which is the most that is read of such a file" : Self.reason(for: code)
    }

    /// The usual words for an error number.
    ///
    /// The table is ours since libc's is spelled differently, depends on the locale, and is larger than all of this.
    ///
    /// - Parameter code: The error number.
    /// - Returns: The words, or `errno <number>` for numbers that opening and starting programs doesn't give.
    public static func reason(for code: Int32) -> String {
        switch code {
        case notRegular: "not an ordinary file"
        case EPERM: "operation not permitted"
        case ENOENT: "no such file or directory"
        case EIO: "input/output error"
        case E2BIG: "argument list too long"
        case ENOEXEC: "exec format error"
        case EAGAIN: "resource temporarily unavailable"
        case ENOMEM: "cannot allocate memory"
        case EACCES: "permission denied"
        case EEXIST: "file exists"
        case ENOTDIR: "not a directory"
        case EISDIR: "is a directory"
        case EINVAL: "invalid argument"
        case ENFILE: "too many open files in system"
        case EMFILE: "too many open files"
        case ETXTBSY: "text file busy"
        case EFBIG: "file too large"
        case ENOSPC: "no space left on device"
        case EROFS: "read-only file system"
        case ENAMETOOLONG: "file name too long"
        case ELOOP: "too many levels of symbolic links"
        case ESTALE: "stale file handle"
        default: "errno \(code)"
        }
    }
}

extension SystemError: CustomStringConvertible {
    /// `<operation> <path>: <reason>`.
    public var description: String { "\(operation) \(path): \(reason)" }
}
