import POSIX

/// The value of `--chmod`: octal digits, or changes like `u=rwX,go-w`.
struct FilePermissions {
    private enum Change {
        case absolute(UInt32)
        case symbolic(who: UInt32, operation: Character, letters: Substring)
    }

    private let changes: [Change]

    /// Reads a value; nil if it is malformed.
    init?(_ text: String) {
        if let mode = UInt32(text, radix: 8), mode <= 0o7777, text.first?.isNumber == true {
            changes = [.absolute(mode)]
            return
        }
        var changes: [Change] = []
        for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
            let who = clause.prefix { "ugoa".contains($0) }
            let rest = clause.dropFirst(who.count)
            guard let operation = rest.first, "=+-".contains(operation) else { return nil }
            let letters = rest.dropFirst()
            guard letters.allSatisfy({ "rwxXst".contains($0) }) else { return nil }
            changes.append(.symbolic(who: Self.classes(who), operation: operation, letters: letters))
        }
        guard !changes.isEmpty else { return nil }
        self.changes = changes
    }

    /// The permissions that a file gets.
    ///
    /// - Parameters:
    ///   - mode: Those that it has.
    ///   - isDirectory: Whether `X` means `x` in any case.
    /// - Returns: The new ones.
    func applied(to mode: FileMode, isDirectory: Bool) -> FileMode {
        var bits = mode.rawValue
        for change in changes {
            switch change {
            case .absolute(let value): bits = value
            case .symbolic(let who, let operation, let letters):
                let mask = Self.bits(letters, who, canExecute: isDirectory || bits & 0o111 != 0)
                switch operation {
                case "+": bits |= mask
                case "-": bits &= ~mask
                default: bits = bits & ~who | mask
                }
            }
        }
        return FileMode(rawValue: bits)
    }

    /// All bits of the classes that letters name.
    private static func classes(_ letters: Substring) -> UInt32 {
        guard !letters.isEmpty, !letters.contains("a") else { return 0o7777 }
        let bits: [Character: UInt32] = ["u": 0o4700, "g": 0o2070, "o": 0o1007]
        return letters.reduce(0) { $0 | (bits[$1] ?? 0) }
    }

    private static func bits(_ letters: Substring, _ who: UInt32, canExecute: Bool) -> UInt32 {
        let bits: [Character: UInt32] = [
            "r": 0o444, "w": 0o222, "x": 0o111, "X": canExecute ? 0o111 : 0, "s": 0o6000, "t": 0o1000,
        ]
        return letters.reduce(0) { $0 | (bits[$1] ?? 0) } & who
    }
}
