/// The methods that registries and daemons understand.
public enum HTTPMethod: String, Hashable, Sendable {
    /// Reads a resource.
    case get = "GET"
    /// Reads only the head that a `get` would have.
    case head = "HEAD"
    /// Starts something; not to be repeated without thought.
    case post = "POST"
    /// Stores a resource.
    case put = "PUT"
    /// Adds to a resource.
    case patch = "PATCH"
    /// Removes a resource.
    case delete = "DELETE"
    /// Asks a proxy for a tunnel.
    case connect = "CONNECT"

    /// Whether sending a request twice has the effect of sending it once.
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete: true
        case .post, .patch, .connect: false
        }
    }
}
