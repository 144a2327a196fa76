/// Short keys that were seen lately: most documents repeat a few of them again and again, and need each string just once.
struct KnownKeys {
    /// The length of documents, in bytes, from which on it is worth the memory.
    static let worthwhileCount = 65536

    private struct Slot {
        var key: String
        var words: KeyWords
    }

    private static let slotCount = 256

    /// A slot for each value of a hash's last bits, or none.
    private var slots: [Slot] = []

    /// Makes room for keys.
    mutating func begin() {
        let none = KeyWords(UnsafeRawBufferPointer(start: nil, count: 0))
        slots = [Slot](repeating: Slot(key: "", words: none), count: Self.slotCount)
    }

    /// The string of a key that was seen before.
    func find(_ words: KeyWords, _ hash: KeyHash) -> String? {
        guard words.areWhole, !slots.isEmpty else { return nil }
        let place = Int(hash.bits) & (Self.slotCount &- 1)
        return slots[place].words == words ? slots[place].key : nil
    }

    /// Keeps a key that was not found, in place of an earlier one.
    mutating func remember(_ key: String, _ words: KeyWords, _ hash: KeyHash) {
        guard words.areWhole, !slots.isEmpty else { return }
        slots[Int(hash.bits) & (Self.slotCount &- 1)] = Slot(key: key, words: words)
    }
}
