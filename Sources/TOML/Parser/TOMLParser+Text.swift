extension TOMLParser {
    /// Steps over text up to one of two bytes, or to a byte that may not stand in a line of text.
    ///
    /// Text is most of what most documents are made of, so this looks at eight bytes at a time.
    mutating func skipText(until stop: UInt8, or other: UInt8) {
        let stops = (pattern(stop), pattern(other))
        let raw = UnsafeRawBufferPointer(text)
        while text.count &- cursor >= 8 {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
            let special =
                controls(in: word) | zeros(in: word ^ pattern(.delete)) | zeros(in: word ^ stops.0)
                | zeros(in: word ^ stops.1)
            guard special != 0 else {
                cursor &+= 8
                continue
            }
            cursor &+= special.trailingZeroBitCount / 8
            guard text[cursor] == .tab else { return }
            cursor &+= 1
        }
        while let byte = peek(), isText(byte), byte != stop, byte != other { cursor &+= 1 }
    }

    /// Whether a byte may stand in comments and single-line strings: all but control characters other than the tab.
    func isText(_ byte: UInt8) -> Bool {
        byte >= .space && byte != .delete || byte == .tab
    }

    // Each of these gives a word with the high bit set in the first byte, counted from the lowest, that is looked for.
    // Bits of higher bytes may be wrong.

    private func zeros(in word: UInt64) -> UInt64 {
        (word &- pattern(1)) & ~word & pattern(0x80)
    }

    private func controls(in word: UInt64) -> UInt64 {
        (word &- pattern(.space)) & ~word & pattern(0x80)
    }

    private func pattern(_ byte: UInt8) -> UInt64 {
        UInt64(byte) &* 0x0101_0101_0101_0101
    }
}
