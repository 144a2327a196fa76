/// A path as the kernel sees it: bytes, not necessarily UTF-8, without a NUL.
public struct RawPath: Hashable, Sendable {
    /// The bytes of the path.
    public let bytes: [UInt8]

    /// A path of arbitrary bytes.
    ///
    /// - Parameter bytes: The path, without a terminating NUL.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A path that is text.
    ///
    /// - Parameter text: The path.
    public init(_ text: String) {
        bytes = [UInt8](text.utf8)
    }

    /// The path of something in this directory.
    ///
    /// - Parameter component: A name, or a relative path.
    /// - Returns: Both, with a slash between them.
    public func appending(_ component: [UInt8]) -> RawPath {
        component.withUnsafeBytes { appending($0) }
    }

    /// The path of something in this directory.
    ///
    /// - Parameter component: A name, or a relative path.
    /// - Returns: Both, with a slash between them.
    public func appending(_ component: String) -> RawPath {
        var component = component
        return component.withUTF8 { appending(UnsafeRawBufferPointer($0)) }
    }

    /// The path of something in this directory.
    ///
    /// - Parameter component: A name, or a relative path.
    /// - Returns: Both, with a slash between them.
    public func appending(_ component: StaticString) -> RawPath { appending(component.bytes) }

    private func appending(_ component: UnsafeRawBufferPointer) -> RawPath {
        var slash = UInt8(ascii: "/")
        return withUnsafeBytes(of: &slash) { slash in
            bytes.withUnsafeBytes { bytes in
                let needsSlash = bytes.last != slash.first
                return RawPath(
                    bytes: [UInt8](
                        joining: bytes,
                        UnsafeRawBufferPointer(rebasing: slash[..<(needsSlash ? 1 : 0)]),
                        component
                    )
                )
            }
        }
    }

    /// The same path without repeated slashes, `.` and, as far as names before them can be taken back, `..`.
    ///
    /// An empty path becomes `.`, as it does in Go, whose form the paths in variables have.
    public var cleaned: RawPath {
        let slash = UInt8(ascii: "/")
        if isClean { return self }
        let dots = [UInt8(ascii: "."), UInt8(ascii: ".")]
        let isAbsolute = bytes.first == slash
        var kept: [ArraySlice<UInt8>] = []
        for part in bytes.split(separator: slash) {
            if part.elementsEqual(dots[..<1]) { continue }
            guard part.elementsEqual(dots) else {
                kept.append(part)
                continue
            }
            if let last = kept.last, !last.elementsEqual(dots) {
                kept.removeLast()
            } else if !isAbsolute {
                kept.append(part)
            }
        }
        var result: [UInt8] = isAbsolute ? [slash] : []
        for (number, part) in kept.enumerated() {
            if number > 0 { result.append(slash) }
            result.append(contentsOf: part)
        }
        return RawPath(bytes: result.isEmpty ? [UInt8(ascii: ".")] : result)
    }

    /// Whether there is nothing to take away: an absolute path in which no slash is followed by another, by a period or
    /// by the end.
    private var isClean: Bool {
        let slash = UInt8(ascii: "/")
        guard isAbsolute else { return false }
        var previous: UInt8 = 0
        for byte in bytes {
            if previous == slash, byte == slash || byte == UInt8(ascii: ".") { return false }
            previous = byte
        }
        return previous != slash
    }

    /// Whether the path begins at the root.
    public var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

    /// What follows the last slash.
    public var lastComponent: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
        return bytes[(slash + 1)...]
    }
}

extension RawPath: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A path written in the program.
    ///
    /// - Parameter value: The path.
    public init(stringLiteral value: String) { self.init(value) }

    /// The path as text, for messages.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
