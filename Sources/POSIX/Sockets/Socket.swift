import CPOSIX
import Glibc

/// A connected stream socket, closed when its last owner goes away.
///
/// Reading and writing wait for the other side for a limited time of silence.
public final class Socket: Sendable {
    /// The socket's descriptor, non-blocking, valid as long as this object.
    public let descriptor: FileDescriptor

    /// How to call the other side in error messages, such as `tcp 127.0.0.1:5000`.
    public let peer: String

    /// Takes over a descriptor.
    /// - Parameters:
    ///   - descriptor: A connected socket, which becomes non-blocking.
    ///   - peer: How to call the other side in error messages.
    public init(taking descriptor: FileDescriptor, peer: String) {
        self.descriptor = descriptor
        self.peer = peer
        let flags = cposix_fcntl(descriptor.rawValue, F_GETFL, 0)
        _ = cposix_fcntl(descriptor.rawValue, F_SETFL, flags | O_NONBLOCK)
    }

    deinit {
        descriptor.close()
    }

    /// Reads what is there, waiting while there is nothing.
    /// - Parameters:
    ///   - buffer: Where the bytes go.
    ///   - timeout: How long to wait, in milliseconds; nil for ever.
    /// - Returns: How many bytes were read; 0 once the other side has finished.
    /// - Throws: `timedOut`, or what the system says.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer,
        timeout: Int? = nil
    ) throws(POSIXError) -> Int {
        while true {
            let count = recv(descriptor.rawValue, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            switch Errno.current {
            case .interrupted: continue
            case .tryAgain: try waitReadable(timeout: timeout)
            case let error: throw POSIXError(error, "read", peer)
            }
        }
    }

    /// Writes all bytes, waiting while the other side does not take them.
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - timeout: How long to wait without progress, in milliseconds; nil for ever.
    /// - Throws: `timedOut`, or what the system says; some bytes may have been written.
    public func writeAll(_ bytes: UnsafeRawBufferPointer, timeout: Int? = nil) throws(POSIXError) {
        var rest = bytes
        while !rest.isEmpty {
            // Without the flag, a peer that has gone would end the process by SIGPIPE.
            let count = send(descriptor.rawValue, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                continue
            }
            switch Errno.current {
            case .interrupted: continue
            case .tryAgain: try waitWritable(timeout: timeout)
            case let error: throw POSIXError(error, "write", peer)
            }
        }
    }

    /// Waits until something can be read, or the other side has finished.
    /// - Parameter timeout: How long to wait, in milliseconds; nil for ever.
    /// - Throws: `timedOut`.
    public func waitReadable(timeout: Int? = nil) throws(POSIXError) {
        try wait(for: Int16(POLLIN), "read", timeout: timeout)
    }

    /// Waits until something can be written.
    /// - Parameter timeout: How long to wait, in milliseconds; nil for ever.
    /// - Throws: `timedOut`.
    public func waitWritable(timeout: Int? = nil) throws(POSIXError) {
        try wait(for: Int16(POLLOUT), "write", timeout: timeout)
    }

    /// Tells the other side that nothing more will be written.
    public func finishWriting() {
        shutdown(descriptor.rawValue, Int32(SHUT_WR))
    }

    /// Ends reading and writing; a thread that waits in either goes on at once.
    public func shutDown() {
        shutdown(descriptor.rawValue, Int32(SHUT_RDWR))
    }

    /// Whether an idle connection can still be used: open, and nothing unexpected to read.
    public var isIdle: Bool {
        var polled = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) == 0
    }

    private func wait(for events: Int16, _ operation: String, timeout: Int?) throws(POSIXError) {
        let isReady = try pollOnce(descriptor, events, milliseconds: timeout)
        guard isReady else { throw POSIXError(.timedOut, operation, peer, explanation: "i/o timeout") }
    }
}

/// Waits for events on a descriptor.
/// - Returns: False if the time is over.
func pollOnce(_ descriptor: FileDescriptor, _ events: Int16, milliseconds: Int?) throws(POSIXError) -> Bool {
    let deadline = milliseconds.map { Clock.monotonicNanoseconds &+ Int64($0) &* 1_000_000 }
    while true {
        var polled = pollfd(fd: descriptor.rawValue, events: events, revents: 0)
        var rest: Int32 = -1
        if let deadline {
            // Rounded up, so that the last wait is not a busy one.
            let left = (deadline &- Clock.monotonicNanoseconds &+ 999_999) / 1_000_000
            rest = Int32(clamping: max(0, left))
        }
        let count = poll(&polled, 1, rest)
        if count > 0 { return true }
        if count == 0 { return false }
        let error = Errno.current
        guard error == .interrupted else { throw POSIXError(error, "poll") }
    }
}
