/// A connected, ordered stream of bytes to one peer.
///
/// Reads and writes block until something happens, the transport's own timeout passes, or its owner cancels. One
/// thread uses a transport at a time; it may pass from thread to thread.
public protocol HTTPTransport: AnyObject, Sendable {
    /// Waits for bytes and takes some.
    ///
    /// - Parameter buffer: room for at least one byte
    /// - Returns: how many bytes were put at the front of the buffer; 0 when the peer has closed its side
    /// - Throws: `.connectionLost`, `.timedOut`, `.cancelled`
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Int

    /// Writes all bytes.
    ///
    /// - Parameter bytes: what to write; not kept after the call
    /// - Throws: `.connectionLost`, `.timedOut`, `.cancelled`
    func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPError)

    /// Whether the idle connection can be used: the peer has neither closed it nor sent anything unasked.
    var isReadyForReuse: Bool { get }

    /// Closes the connection; later reads and writes fail. May be called more than once.
    func close()
}
