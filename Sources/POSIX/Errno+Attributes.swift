import Glibc

extension Errno {
    /// A result is too large for the room that was given for it.
    static let range = Errno(rawValue: ERANGE)
    /// There is no such attribute.
    static let noData = Errno(rawValue: ENODATA)
    /// The file system has no such thing.
    static let notSupported = Errno(rawValue: EOPNOTSUPP)
}
