/// The path of the entry at hand, which grows and shrinks with the walk.
struct EntryPath: ~Copyable {
    private var buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ path: String) {
        self.init(bytes: Array(path.utf8)[...])
    }

    init(bytes: ArraySlice<UInt8>) {
        buffer = .allocate(byteCount: max(512, bytes.count * 2), alignment: 1)
        for byte in bytes {
            buffer[count] = byte
            count += 1
        }
    }

    deinit {
        buffer.deallocate()
    }

    /// The path's bytes; valid until it changes.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

    /// The path for messages.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Cuts the path to a length and adds an element.
    mutating func set(_ length: Int, appending name: UnsafeRawBufferPointer) {
        let needed = length + 1 + name.count
        if needed > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed * 2, alignment: 1)
            larger.copyMemory(from: bytes)
            buffer.deallocate()
            buffer = larger
        }
        count = length
        // The root's own path ends with the slash that separates.
        if length == 0 || buffer[length - 1] != UInt8(ascii: "/") {
            buffer[length] = UInt8(ascii: "/")
            count += 1
        }
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: name)
        count += name.count
    }
}
