internal import CPOSIX

// Bytes are moved and compared as blocks here. The launcher is compiled for size, and the library's own operations on
// slices then go byte by byte, which shows where PATH grows by one directory for each of some hundred layers.

extension [UInt8] {
    /// The parts, one after the other.
    ///
    /// - Parameter parts: Any number of pieces.
    init(joining parts: [ArraySlice<UInt8>]) {
        let total = parts.reduce(0) { $0 + $1.count }
        self.init(unsafeUninitializedCapacity: total) { buffer, count in
            for part in parts {
                let free = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
                part.withUnsafeBytes { free.copyMemory(from: $0) }
                count += part.count
            }
        }
    }

    /// Whether the first bytes are those of `other`.
    ///
    /// - Parameter other: As many bytes as are to be compared.
    /// - Returns: Whether there are as many, and they are equal.
    func begins(with other: UnsafeBufferPointer<UInt8>) -> Bool {
        withUnsafeBufferPointer { own in
            guard let start = other.baseAddress, let ownStart = own.baseAddress else { return other.isEmpty }
            return own.count >= other.count && memcmp(ownStart, start, other.count) == 0
        }
    }
}
