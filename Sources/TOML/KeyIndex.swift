/// A key's first and last eight bytes: all of a key that has up to sixteen.
///
/// Of a key with fewer than eight bytes both words are made of all of its bytes, so that words and length together are as
/// good as the key.
struct KeyWords: Equatable {
    let count: Int
    let first: UInt64
    let last: UInt64

    /// Whether the words hold all bytes.
    var areWhole: Bool { count <= 16 }

    init(_ bytes: UnsafeRawBufferPointer) {
        count = bytes.count
        if count >= 8 {
            first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            last = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            first = UInt64(bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            last = UInt64(bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else if count > 0 {
            first = UInt64(bytes[0]) &<< 8 | UInt64(bytes[count / 2])
            last = UInt64(bytes[count &- 1])
        } else {
            first = 0
            last = 0
        }
    }
}

/// A seeded hash of a key's bytes.
///
/// Keys are compared as bytes, not as Swift strings: TOML does not treat canonically equivalent keys as the same.
/// The seed differs from process to process, so a document can't be made up of keys that collide.
struct KeyHash: Equatable {
    let bits: UInt32

    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())

    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes, KeyWords(bytes))
    }

    /// The hash of a key whose words are known already.
    init(_ bytes: UnsafeRawBufferPointer, _ words: KeyWords) {
        let seed = Self.seed
        var state = Self.mix(seed ^ UInt64(truncatingIfNeeded: words.count) ^ words.first, seed)
        var offset = 8
        while bytes.count &- offset > 8 {
            state = Self.mix(state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), seed)
            offset &+= 8
        }
        state = Self.mix(state ^ words.last, seed)
        bits = UInt32(truncatingIfNeeded: state ^ (state &>> 32))
    }

    init(_ key: String) {
        var key = key
        self = key.withUTF8 { KeyHash(UnsafeRawBufferPointer($0)) }
    }

    private static func mix(_ state: UInt64, _ seed: UInt64) -> UInt64 {
        let product = (state ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}

/// Finds a table's entries by hash once it has more of them than a plain search should look at.
///
/// Open addressing with linear probing; a slot holds an entry's number plus one, and zero when it is free.
struct KeyIndex {
    private var slots: [UInt32] = []

    /// Tables up to this size have no index and are searched entry by entry.
    static let threshold = 16

    /// The number of the first entry in the probe sequence of `hash` that `matches`.
    func find(_ hash: KeyHash, where matches: (Int) -> Bool) -> Int? {
        let mask = slots.count &- 1
        var slot = Int(hash.bits) & mask
        while slots[slot] != 0 {
            let entry = Int(slots[slot]) &- 1
            if matches(entry) { return entry }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// Adds the last of `entries`, and grows so that at least half of the slots stay free.
    mutating func addLast(of entries: [TableStorage.Entry]) {
        guard entries.count * 2 <= slots.count else {
            rebuild(entries)
            return
        }
        place(entries.count - 1, entries[entries.count - 1].hash)
    }

    /// Indexes all entries anew, or none when there are too few of them.
    mutating func rebuild(_ entries: [TableStorage.Entry]) {
        guard entries.count > Self.threshold else {
            slots = []
            return
        }
        var capacity = 64
        while capacity < entries.count * 4 {
            capacity *= 2
        }
        slots = [UInt32](repeating: 0, count: capacity)
        for (number, entry) in entries.enumerated() {
            place(number, entry.hash)
        }
    }

    private mutating func place(_ entry: Int, _ hash: KeyHash) {
        let mask = slots.count &- 1
        var slot = Int(hash.bits) & mask
        while slots[slot] != 0 {
            slot = (slot &+ 1) & mask
        }
        slots[slot] = UInt32(truncatingIfNeeded: entry &+ 1)
    }
}
