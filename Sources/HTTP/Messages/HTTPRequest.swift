/// A request for one resource.
public struct HTTPRequest: Sendable {
    /// What to do.
    public var method: HTTPMethod
    /// To what.
    public var url: HTTPURL
    /// The header fields, without `Host` and those that frame the body.
    public var headers: HTTPHeaders
    /// The body.
    public var body: HTTPBody
    /// Whether an answer without an error status counts although the server stopped reading before the body's end: for
    /// servers that say within the answer what went wrong.
    public var acceptsEarlyAnswer = false

    public init(_ method: HTTPMethod, _ url: HTTPURL, headers: HTTPHeaders = HTTPHeaders(), body: HTTPBody = .empty) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// The body of a request: bytes in memory, or bytes that are produced while they are sent.
public struct HTTPBody: Sendable {
    /// Produces the body by calling `write` with one piece after the other.
    public typealias Producer =
        @Sendable (_ write: (UnsafeRawBufferPointer) throws(HTTPError) -> Void) throws(HTTPError) -> Void

    enum Content: Sendable {
        case bytes([UInt8])
        case produced(length: Int?, Producer)
    }

    let content: Content
    /// Whether the body can be sent a second time.
    public let isReplayable: Bool

    /// No body.
    public static let empty = HTTPBody(content: .bytes([]), isReplayable: true)

    /// A body in memory.
    public static func bytes(_ bytes: [UInt8]) -> HTTPBody {
        HTTPBody(content: .bytes(bytes), isReplayable: true)
    }

    /// A body of known length that can be produced as often as needed.
    ///
    /// - Parameters:
    ///   - length: the number of bytes; to produce more or less is an error
    ///   - producer: produces the whole body each time it is called
    /// - Returns: the body
    public static func sized(_ length: Int, _ producer: @escaping Producer) -> HTTPBody {
        HTTPBody(content: .produced(length: length, producer), isReplayable: true)
    }

    /// A body of unknown length, sent in chunks and only once.
    ///
    /// - Parameter producer: produces the whole body
    /// - Returns: the body
    public static func chunked(_ producer: @escaping Producer) -> HTTPBody {
        HTTPBody(content: .produced(length: nil, producer), isReplayable: false)
    }
}
