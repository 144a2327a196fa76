/// A pattern over the name of one file, byte for byte as git has it: `*`, `?`, classes, and `\` before any of them.
struct ByteGlob: Hashable, Sendable {
    /// One position of a pattern.
    enum Element: Hashable, Sendable {
        /// This byte.
        case byte(UInt8)
        /// Any one byte.
        case any
        /// Any number of bytes.
        case run
        /// One byte of a class.
        case set(ByteSet)
    }

    /// The positions.
    let elements: [Element]

    /// Whether a whole name matches.
    func matches(_ name: ArraySlice<UInt8>) -> Bool {
        var element = 0
        var position = name.startIndex
        // Where to go on if the current try fails: after the last run, which then takes one byte more.
        var retry: (element: Int, position: Int)?
        while position < name.endIndex || element < elements.count {
            if element < elements.count {
                if case .run = elements[element] {
                    element += 1
                    retry = (element, position)
                    continue
                }
                if position < name.endIndex, Self.matches(elements[element], name[position]) {
                    element += 1
                    position += 1
                    continue
                }
            }
            guard let last = retry, last.position < name.endIndex else { return false }
            retry = (last.element, last.position + 1)
            element = last.element
            position = last.position + 1
        }
        return true
    }

    private static func matches(_ element: Element, _ byte: UInt8) -> Bool {
        switch element {
        case .byte(let expected): byte == expected
        case .any: true
        case .set(let set): set.contains(byte)
        case .run: false
        }
    }
}
