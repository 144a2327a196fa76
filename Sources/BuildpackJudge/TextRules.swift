extension Substring {
    /// Whether there are digits only, and at least one.
    var isDecimal: Bool { !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
}

extension UInt8 {
    /// Whether the byte is an ASCII letter or digit.
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

extension String {
    /// Whether there are letters, digits and the given other characters only, and at least one.
    func consistsOfLettersDigits(and others: String) -> Bool {
        !isEmpty && utf8.allSatisfy { $0.isLetterOrDigit || others.utf8.contains($0) }
    }

    /// Whether a path leads out of the directory that it is relative to.
    var leadsOutside: Bool {
        var depth = 0
        for element in split(separator: "/") where element != "." {
            depth += element == ".." ? -1 : 1
            if depth < 0 { return true }
        }
        return false
    }

    /// Whether Go's `filepath.Match` takes the text for a pattern.
    var isGoPattern: Bool {
        var rest = unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\": guard rest.popFirst() != nil else { return false }
            case "[": guard rest.takeGoClass() else { return false }
            default: break
            }
        }
        return true
    }
}

extension Substring.UnicodeScalarView {
    /// Takes a class after its bracket; false when it is malformed.
    fileprivate mutating func takeGoClass() -> Bool {
        if first == "^" { removeFirst() }
        var count = 0
        while true {
            guard let scalar = first else { return false }
            if scalar == "]", count > 0 {
                removeFirst()
                return true
            }
            guard takeGoCharacter() else { return false }
            if first == "-" {
                removeFirst()
                guard takeGoCharacter() else { return false }
            }
            count += 1
        }
    }

    private mutating func takeGoCharacter() -> Bool {
        guard let scalar = popFirst(), scalar != "-", scalar != "]" else { return false }
        return scalar != "\\" || popFirst() != nil
    }
}
