internal import CPOSIX
internal import LaunchPOSIX

/// One variable as the kernel wants it, `NAME=value`, which can grow at both ends.
///
/// PATH gets a directory in front of it for each of some hundred layers. So that it isn't copied each time, there is free
/// room before it, as an array has behind it.
struct EnvironmentVariable: Sendable {
    /// Free room, then `NAME=value`.
    private var storage: [UInt8]
    /// Where the free room ends.
    private var start = 0
    private let nameCount: Int

    /// A variable of its text, in which the name has so many bytes.
    init(_ text: [UInt8], nameCount: Int) {
        storage = text
        self.nameCount = nameCount
    }

    /// A variable of its parts.
    init(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        var equals = UInt8(ascii: "=")
        storage = withUnsafeBytes(of: &equals) { [UInt8](joining: name, $0, value) }
        nameCount = name.count
    }

    /// `NAME=value`.
    var text: ArraySlice<UInt8> { storage[start...] }
    var name: ArraySlice<UInt8> { storage[start..<(start + nameCount)] }
    var value: ArraySlice<UInt8> { storage[(start + nameCount + 1)...] }

    /// Whether the value is empty.
    var isEmpty: Bool { storage.count == start + nameCount + 1 }

    func isNamed(_ other: UnsafeRawBufferPointer) -> Bool {
        nameCount == other.count
            && storage.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[start...]).begins(with: other) }
    }

    /// Puts an addition and a delimiter before the value.
    mutating func prepend(_ addition: UnsafeRawBufferPointer, delimiter: UnsafeRawBufferPointer) {
        let added = addition.count + delimiter.count
        if added > start { makeRoom(added) }
        let headCount = nameCount + 1
        let formerStart = start
        start -= added
        storage.withUnsafeMutableBytes { bytes in
            var place = start
            bytes.put(UnsafeRawBufferPointer(rebasing: bytes[formerStart...].prefix(headCount)), at: &place)
            bytes.put(addition, at: &place)
            bytes.put(delimiter, at: &place)
        }
    }

    /// Puts a delimiter and an addition behind the value.
    mutating func append(_ addition: UnsafeRawBufferPointer, delimiter: UnsafeRawBufferPointer) {
        storage.append(contentsOf: delimiter)
        storage.append(contentsOf: addition)
    }

    /// Moves the text back so that there is room before it: for so many bytes now, and as much again for later.
    private mutating func makeRoom(_ count: Int) {
        let room = max(4 * count, storage.count)
        let text = self.text
        storage = [UInt8](unsafeUninitializedCapacity: room + text.count) { buffer, initializedCount in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            if let start = bytes.baseAddress { memset(start, 0, room) }
            var place = room
            text.withUnsafeBytes { bytes.put($0, at: &place) }
            initializedCount = place
        }
        start = room
    }
}

extension EnvironmentVariable: Equatable {
    static func == (left: EnvironmentVariable, right: EnvironmentVariable) -> Bool {
        left.nameCount == right.nameCount && left.text == right.text
    }
}
