/// A response whose body is still to be read from the connection.
///
/// The connection serves the next request once the body has been read to its end; a response that is dropped before
/// takes its connection with it. Used by one thread at a time.
public final class HTTPResponse {
    /// The status and the header fields.
    public let head: HTTPResponseHead
    /// Where the response came from, after redirects.
    public let url: HTTPURL

    private var connection: HTTPConnection?
    private let giveBack: (HTTPConnection) -> Void

    init(
        head: HTTPResponseHead,
        url: HTTPURL,
        connection: HTTPConnection,
        giveBack: @escaping (HTTPConnection) -> Void
    ) {
        self.head = head
        self.url = url
        self.connection = connection
        self.giveBack = giveBack
    }

    deinit { connection?.close() }

    /// The status code.
    public var status: Int { head.status }

    /// Waits for the next bytes of the body.
    ///
    /// - Returns: bytes that are valid until the next call; `nil` at the end of the body
    /// - Throws: `.connectionLost` also when the body ends before its declared length
    public func nextBytes() throws(HTTPError) -> UnsafeRawBufferPointer? {
        guard let connection else { return nil }
        do throws(HTTPError) {
            if let bytes = try connection.nextBodyBytes() { return bytes }
        } catch {
            connection.close()
            self.connection = nil
            throw error
        }
        self.connection = nil
        if connection.isReusable { giveBack(connection) } else { connection.close() }
        return nil
    }

    /// Reads the rest of the body into memory.
    ///
    /// - Parameter limit: the largest size to accept, in bytes
    /// - Returns: the body
    /// - Throws: `.bodyTooLarge`, `.tooSlow`, and what reading throws
    public func readAll(limit: Int) throws(HTTPError) -> [UInt8] {
        var body: [UInt8] = []
        connection?.isDueSoon = true
        while let bytes = try nextBytes() {
            guard body.count + bytes.count <= limit else {
                close()
                throw .bodyTooLarge(limit: limit)
            }
            body.append(contentsOf: bytes)
        }
        return body
    }

    /// Reads the body away if it is short, so that the connection can be used again; closes the connection if not.
    public func discard() {
        var remaining = 64 * 1024
        connection?.isDueSoon = true
        while let bytes = try? nextBytes() {
            remaining -= bytes.count
            guard remaining > 0 else { return close() }
        }
    }

    /// Closes the connection without reading the rest.
    public func close() {
        connection?.close()
        connection = nil
    }
}
