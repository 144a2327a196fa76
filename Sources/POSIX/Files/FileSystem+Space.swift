import Glibc

extension FileSystem {
    /// How many bytes this user can still write to the file system of a path.
    /// - Parameter path: Any existing file or directory.
    /// - Returns: The number.
    /// - Throws: When there is no such path.
    public static func freeBytes(_ path: String) throws(POSIXError) -> Int64 {
        var raw = statvfs()
        try systemCall("statvfs", path) { statvfs(path, &raw) }
        let (bytes, overflow) = UInt64(raw.f_bavail).multipliedReportingOverflow(by: UInt64(raw.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }
}
