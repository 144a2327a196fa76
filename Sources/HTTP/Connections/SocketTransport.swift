public import POSIX
import Synchronization

/// A transport over a TCP or Unix socket.
public final class SocketTransport: HTTPTransport {
    /// How long to wait before looking whether the work was cancelled, in milliseconds.
    private static let slice = 200

    private let socket: Socket
    private let timeouts: HTTPTimeouts
    private let pace: HTTPPace?
    private let isCancelled: @Sendable () -> Bool
    /// How fast the peer sends the present answer, and how fast it takes what we send; none without a pace.
    private let meters: Mutex<(reading: HTTPPaceMeter, writing: HTTPPaceMeter)?>

    init(
        _ socket: Socket,
        timeouts: HTTPTimeouts,
        pace: HTTPPace? = nil,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        (self.socket, self.timeouts, self.pace, self.isCancelled) = (socket, timeouts, pace, isCancelled)
        meters = Mutex(
            pace.map { (reading: HTTPPaceMeter($0, hasBegun: false), writing: HTTPPaceMeter($0, hasBegun: true)) }
        )
    }

    /// Makes a client open TCP connections to the hosts of its requests.
    ///
    /// - Parameters:
    ///   - timeouts: how long to wait
    ///   - pace: how slow a peer may be that does send something; `nil` for as slow as it likes
    ///   - isCancelled: asked several times a second while waiting; `true` ends the wait
    /// - Returns: what `HTTPClient` needs
    public static func tcp(
        timeouts: HTTPTimeouts = HTTPTimeouts(),
        pace: HTTPPace? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> HTTPClient.Configuration.Connector {
        { host, port throws(HTTPError) in
            guard !isCancelled() else { throw .cancelled }
            do throws(POSIXError) {
                let socket = try Socket.connectTCP(host: host, port: port, timeout: timeouts.connect * 1000)
                return SocketTransport(socket, timeouts: timeouts, pace: pace, isCancelled: isCancelled)
            } catch {
                throw .connectionFailed("\(error)")
            }
        }
    }

    /// Makes a client talk to the server behind a socket of the file system, whatever host its requests name.
    ///
    /// - Parameters:
    ///   - path: the socket
    ///   - timeouts: how long to wait
    ///   - isCancelled: asked several times a second while waiting; `true` ends the wait
    /// - Returns: what `HTTPClient` needs
    public static func unix(
        path: String,
        timeouts: HTTPTimeouts = HTTPTimeouts(),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> HTTPClient.Configuration.Connector {
        { _, _ throws(HTTPError) in
            guard !isCancelled() else { throw .cancelled }
            do throws(POSIXError) {
                return try connect(unixPath: path, timeouts: timeouts, isCancelled: isCancelled)
            } catch {
                throw .connectionFailed("\(error)")
            }
        }
    }

    /// Connects to a socket of the file system now, for who may not do so later, or wants to know why it fails.
    ///
    /// - Parameters:
    ///   - path: the socket
    ///   - timeouts: how long to wait
    ///   - isCancelled: asked several times a second while waiting; `true` ends the wait
    /// - Returns: the connection
    /// - Throws: when nobody listens there, or this user may not connect
    public static func connect(
        unixPath path: String,
        timeouts: HTTPTimeouts = HTTPTimeouts(),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(POSIXError) -> SocketTransport {
        let socket = try Socket.connectUnix(path: path, timeout: timeouts.connect * 1000)
        return SocketTransport(socket, timeouts: timeouts, isCancelled: isCancelled)
    }

    /// Waits for bytes and takes some.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Int {
        let began = Clock.monotonicNanoseconds
        let count = try waiting(for: "waiting for \(socket.peer)") { timeout throws(POSIXError) in
            try socket.read(into: buffer, timeout: timeout)
        }
        guard pace != nil else { return count }
        try meters.withLock { meters throws(HTTPError) in
            try meters?.reading.add(
                bytes: count,
                waited: Clock.monotonicNanoseconds - began,
                action: "waiting for \(socket.peer)"
            )
        }
        return count
    }

    /// Writes all bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            let began = Clock.monotonicNanoseconds
            let count = try waiting(for: "sending to \(socket.peer)") { timeout throws(POSIXError) in
                try socket.writeSome(piece, timeout: timeout)
            }
            rest = rest.dropFirst(count)
            guard let pace else { continue }
            try meters.withLock { meters throws(HTTPError) in
                // What is read after this belongs to another answer.
                meters?.reading = HTTPPaceMeter(pace, hasBegun: false)
                try meters?.writing.add(
                    bytes: count,
                    waited: Clock.monotonicNanoseconds - began,
                    action: "sending to \(socket.peer)"
                )
            }
        }
    }

    /// Whether the peer has neither closed the connection nor sent anything unasked.
    public var isReadyForReuse: Bool { socket.isIdle }

    /// Ends reading and writing; the descriptor is closed with the last reference.
    public func close() { socket.shutDown() }

    /// Repeats an operation in time slices until it succeeds, fails, or nothing has happened for too long.
    private func waiting<Result>(
        for action: @autoclosure () -> String,
        _ operation: (_ timeout: Int) throws(POSIXError) -> Result
    ) throws(HTTPError) -> Result {
        var remaining = timeouts.silence * 1000
        while true {
            guard !isCancelled() else { throw .cancelled }
            do throws(POSIXError) {
                return try operation(min(Self.slice, remaining))
            } catch {
                guard error.errno == .timedOut else { throw .connectionLost("\(error)") }
                remaining -= Self.slice
                guard remaining > 0 else { throw .timedOut(action: action(), seconds: timeouts.silence) }
            }
        }
    }
}
