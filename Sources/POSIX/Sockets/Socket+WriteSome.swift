import Glibc

extension Socket {
    /// Writes as much as the system takes at once, waiting while it takes nothing.
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - timeout: How long to wait, in milliseconds; nil for ever.
    /// - Returns: How many bytes were written; after `timedOut` it was none.
    /// - Throws: `timedOut`, or what the system says.
    public func writeSome(_ bytes: UnsafeRawBufferPointer, timeout: Int? = nil) throws(POSIXError) -> Int {
        while true {
            // Without the flag, a peer that has gone would end the process by SIGPIPE.
            let count = send(descriptor.rawValue, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return count }
            switch Errno.current {
            case .interrupted: continue
            case .tryAgain: try waitWritable(timeout: timeout)
            case let error: throw POSIXError(error, "write", peer)
            }
        }
    }
}
