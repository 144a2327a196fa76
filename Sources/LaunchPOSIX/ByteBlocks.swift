internal import CPOSIX

// Bytes are moved and compared as blocks here. The launcher is compiled for size, and the library's own operations on
// collections then go byte by byte, which shows where there are some hundred layers.

extension UnsafeRawBufferPointer {
    /// Whether the first bytes are those of `other`.
    ///
    /// - Parameter other: As many bytes as are to be compared.
    /// - Returns: Whether there are as many, and they are equal.
    public func begins(with other: UnsafeRawBufferPointer) -> Bool {
        guard let start = other.baseAddress, let ownStart = baseAddress else { return other.isEmpty }
        return count >= other.count && memcmp(ownStart, start, other.count) == 0
    }

    /// Whether these are the bytes of a text.
    ///
    /// - Parameter text: The text.
    /// - Returns: Whether they are.
    public func spells(_ text: StaticString) -> Bool { count == text.utf8CodeUnitCount && begins(with: text.bytes) }

    /// Where a byte is first.
    ///
    /// - Parameter byte: The byte.
    /// - Returns: Its place, or nil if it isn't there.
    public func firstPlace(of byte: UInt8) -> Int? {
        guard let baseAddress, let found = memchr(baseAddress, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Copies bytes to a place, which must have room for them, and moves the place behind them.
    ///
    /// - Parameters:
    ///   - bytes: What to copy; may overlap with where it goes.
    ///   - place: Where to.
    public func put(_ bytes: UnsafeRawBufferPointer, at place: inout Int) {
        guard let source = bytes.baseAddress, let baseAddress else { return }
        precondition(place >= 0 && bytes.count <= count - place)
        memmove(baseAddress + place, source, bytes.count)
        place += bytes.count
    }
}

extension [UInt8] {
    /// The bytes of a buffer.
    ///
    /// - Parameter bytes: The buffer.
    public init(copying bytes: UnsafeRawBufferPointer) {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        self.init(joining: bytes, none, none)
    }

    /// Three pieces, one after the other.
    ///
    /// - Parameters:
    ///   - first: The first piece.
    ///   - second: The second piece.
    ///   - third: The third piece.
    public init(
        joining first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer,
        _ third: UnsafeRawBufferPointer
    ) {
        let total = first.count + second.count + third.count
        self.init(unsafeUninitializedCapacity: total) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.put(first, at: &count)
            bytes.put(second, at: &count)
            bytes.put(third, at: &count)
        }
    }

    /// Whether these bytes come before others in bytewise order.
    ///
    /// - Parameter other: The others.
    /// - Returns: Whether they do; not if both are equal.
    public func precedes(_ other: [UInt8]) -> Bool {
        withUnsafeBytes { own in
            other.withUnsafeBytes { other in
                guard let ownStart = own.baseAddress, let start = other.baseAddress else {
                    return own.count < other.count
                }
                let order = memcmp(ownStart, start, Swift.min(own.count, other.count))
                return order != 0 ? order < 0 : own.count < other.count
            }
        }
    }
}

extension StaticString {
    /// The text's bytes, which are there as long as the program.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}

extension ArraySlice<UInt8> {
    /// Whether these are the bytes of a text.
    ///
    /// - Parameter text: The text.
    /// - Returns: Whether they are.
    public func spells(_ text: StaticString) -> Bool { withUnsafeBytes { $0.spells(text) } }
}
