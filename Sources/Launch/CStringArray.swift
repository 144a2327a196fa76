internal import CPOSIX

/// A null-terminated array of C strings, as `execve` takes it.
final class CStringArray {
    /// The array.
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    /// Whether all strings are whole: none holds a NUL that the kernel would take for its end.
    let isExact: Bool
    private let storage: UnsafeMutablePointer<CChar>

    /// Copies the strings, into one block of memory.
    init(_ strings: [ArraySlice<UInt8>]) {
        let size = strings.reduce(strings.count) { $0 + $1.count }
        pointer = .allocate(capacity: strings.count + 1)
        storage = .allocate(capacity: max(size, 1))
        var isExact = true
        var next = storage
        for (index, string) in strings.enumerated() {
            (pointer + index).initialize(to: next)
            string.withUnsafeBytes { bytes in
                if let start = bytes.baseAddress { memcpy(next, start, bytes.count) }
            }
            next[string.count] = 0
            if memchr(next, 0, string.count) != nil { isExact = false }
            next += string.count + 1
        }
        (pointer + strings.count).initialize(to: nil)
        self.isExact = isExact
    }

    /// Copies the strings, into one block of memory.
    convenience init(_ strings: [[UInt8]]) {
        self.init(strings.map { $0[...] })
    }

    deinit {
        pointer.deallocate()
        storage.deallocate()
    }
}
