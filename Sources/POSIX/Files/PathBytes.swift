/// A file name or path as the kernel knows it: any bytes but NUL, not necessarily UTF-8.
public struct PathBytes: Sendable {
    /// The bytes, with the NUL that system calls want.
    private var terminated: [UInt8]

    /// Takes bytes up to the first NUL.
    /// - Parameter bytes: The bytes, without a final NUL.
    public init(_ bytes: some Sequence<UInt8>) {
        terminated = []
        terminated.reserveCapacity(bytes.underestimatedCount + 1)
        for byte in bytes {
            if byte == 0 { break }
            terminated.append(byte)
        }
        terminated.append(0)
    }

    /// Takes the UTF-8 bytes of a string.
    /// - Parameter string: The path.
    public init(_ string: String) {
        self.init(string.utf8)
    }

    /// The bytes without the NUL.
    public var bytes: ArraySlice<UInt8> { terminated.dropLast() }

    /// How many bytes there are.
    public var count: Int { terminated.count - 1 }

    /// Whether there are no bytes.
    public var isEmpty: Bool { count == 0 }

    /// The path as text; bytes that are not UTF-8 are replaced.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    /// This path, a slash, and a name; only the name if this path is empty.
    /// - Parameter name: What to append.
    /// - Returns: The longer path.
    public func appending(_ name: PathBytes) -> PathBytes {
        guard !isEmpty else { return name }
        var result = self
        result.terminated.removeLast()
        if result.terminated.last != UInt8(ascii: "/") { result.terminated.append(UInt8(ascii: "/")) }
        result.terminated += name.terminated
        return result
    }

    /// Lends the path to a system call.
    /// - Parameter body: Receives the NUL-terminated bytes, which are valid only during the call.
    /// - Returns: What `body` returns.
    public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        terminated.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return "".withCString(body) }
                return body(start)
            }
        }
    }
}

extension PathBytes: Hashable, Comparable {
    /// Bytewise order, as Go sorts names.
    public static func < (left: PathBytes, right: PathBytes) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension PathBytes: ExpressibleByStringLiteral, CustomStringConvertible {
    /// Takes the literal's UTF-8 bytes.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The path as text.
    public var description: String { string }
}
