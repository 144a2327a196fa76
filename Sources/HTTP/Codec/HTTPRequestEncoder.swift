/// Writes the bytes that go before and around a request's body; RFC 9112 §3 and §7.
enum HTTPRequestEncoder {
    /// How the target is written in the first line.
    enum TargetForm {
        /// Path and query, as servers get it.
        case origin
        /// The whole URL, as proxies get it.
        case absolute
        /// Host and port, as CONNECT has it.
        case authority
    }

    /// The request line and header fields with the empty line after them.
    ///
    /// - Throws: `.invalidRequest` for fields that could be taken for something else than one field
    static func head(of request: HTTPRequest, form: TargetForm) throws(HTTPError) -> [UInt8] {
        let url = request.url
        let target =
            switch form {
            case .origin: url.target
            case .absolute: url.description
            case .authority: "\(url.host.contains(":") ? "[\(url.host)]" : url.host):\(url.origin.port)"
            }
        guard target.utf8.allSatisfy({ $0 > ASCII.space && $0 < 0x7F }) else {
            throw .invalidRequest("target with blank or control character")
        }
        var text = "\(request.method.rawValue) \(target) HTTP/1.1\r\n"
        text += "Host: \(form == .authority ? target : url.authority)\r\n"
        for field in request.headers.fields {
            guard ASCII.isToken(field.name), field.value.utf8.allSatisfy(ASCII.isValueCharacter) else {
                throw .invalidRequest("header '\(field.name)' contains a character that is not allowed")
            }
            text += "\(field.name): \(field.value)\r\n"
        }
        switch request.body.content {
        case .bytes(let bytes):
            // Servers expect a length with these methods even if there is no body.
            if !bytes.isEmpty || [.post, .put, .patch].contains(request.method) {
                text += "Content-Length: \(bytes.count)\r\n"
            }
        case .produced(.some(let length), _): text += "Content-Length: \(length)\r\n"
        case .produced(.none, _): text += "Transfer-Encoding: chunked\r\n"
        }
        return Array((text + "\r\n").utf8)
    }

    /// The line before a chunk of `size` bytes.
    static func chunkHead(size: Int) -> [UInt8] {
        Array("\(String(size, radix: 16))\r\n".utf8)
    }

    /// What follows a chunk's bytes.
    static let chunkEnd: [UInt8] = Array("\r\n".utf8)
    /// What follows the last chunk.
    static let lastChunk: [UInt8] = Array("0\r\n\r\n".utf8)
}
