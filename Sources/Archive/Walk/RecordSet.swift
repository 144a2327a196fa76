/// A set of the records of an index, one bit for each.
struct RecordSet: Sendable {
    private var words: [UInt64]

    /// Makes an empty set.
    ///
    /// - Parameter count: how many records there are.
    init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    subscript(record: Int) -> Bool {
        get { words[record / 64] >> UInt64(record % 64) & 1 == 1 }
        set {
            let bit: UInt64 = 1 << UInt64(record % 64)
            if newValue { words[record / 64] |= bit } else { words[record / 64] &= ~bit }
        }
    }
}
