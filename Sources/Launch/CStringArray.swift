internal import CPOSIX

/// A null-terminated array of C strings, as `execve` takes it.
final class CStringArray {
    /// The array.
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    /// Whether all strings are whole: none holds a NUL that the kernel would take for its end.
    let isExact: Bool
    private let storage: UnsafeMutablePointer<CChar>

    /// Copies the strings, into one block of memory.
    init(_ strings: [[UInt8]]) {
        let count = strings.count
        let size = strings.reduce(count) { $0 + $1.count }
        pointer = .allocate(capacity: count + 1)
        storage = .allocate(capacity: max(size, 1))
        var isExact = true
        var next = storage
        for (index, string) in strings.enumerated() {
            (pointer + index).initialize(to: next)
            for byte in string {
                if byte == 0 { isExact = false }
                next.initialize(to: CChar(bitPattern: byte))
                next += 1
            }
            next.initialize(to: 0)
            next += 1
        }
        (pointer + count).initialize(to: nil)
        self.isExact = isExact
    }

    deinit {
        pointer.deallocate()
        storage.deallocate()
    }
}
