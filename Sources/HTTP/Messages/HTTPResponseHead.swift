/// The status line and header fields of a response.
public struct HTTPResponseHead: Hashable, Sendable {
    /// The three-digit status code.
    public var status: Int
    /// What the server calls the status; often empty.
    public var reason: String
    /// The minor version of HTTP/1: 0 or 1.
    public var minorVersion: Int
    /// The header fields.
    public var headers: HTTPHeaders

    /// Makes a head, as a server would send it.
    public init(status: Int, reason: String = "", minorVersion: Int = 1, headers: HTTPHeaders = HTTPHeaders()) {
        self.status = status
        self.reason = reason
        self.minorVersion = minorVersion
        self.headers = headers
    }

    /// Whether the status is one of the 200s.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The media type of the body without its parameters, in lower case.
    public var contentType: String? {
        guard let value = headers["Content-Type"] else { return nil }
        let type = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        return ASCII.trimmed(type).lowercased()
    }
}
