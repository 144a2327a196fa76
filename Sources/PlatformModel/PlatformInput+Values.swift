extension PlatformInput {
    /// Why a flag's text was refused, in the words of Go's flag package.
    public enum ValueFault: Error, Sendable, Equatable {
        /// The text is no value of the flag's type.
        case parse
        /// The number doesn't fit 64 bits.
        case range
    }

    /// Sets the input to what stood after its flag; for lists the value is added.
    ///
    /// - Parameters:
    ///   - text: The flag's value.
    ///   - inputs: Where the value goes.
    /// - Throws: When the text is no value of the flag's type.
    public func set(_ text: String, in inputs: inout PlatformInputs) throws(ValueFault) {
        switch target {
        case .text(let path): inputs[keyPath: path] = text
        case .boolean(let path):
            guard let flag = GoNotation.boolean(text) else { throw .parse }
            inputs[keyPath: path] = flag
        case .number(let path): inputs[keyPath: path] = try GoNotation.integer(text)
        case .list(let path): inputs[keyPath: path].append(text)
        case .duration(let path):
            guard GoNotation.isDuration(text) else { throw .parse }
            inputs[keyPath: path] = text
        }
    }

    /// The value that the input has in `inputs`, as text; lists are as Go prints them: `[a b]`.
    public func text(in inputs: PlatformInputs) -> String {
        switch target {
        case .text(let path), .duration(let path): inputs[keyPath: path]
        case .boolean(let path): inputs[keyPath: path] ? "true" : "false"
        case .number(let path): String(inputs[keyPath: path])
        case .list(let path): "[\(inputs[keyPath: path].joined(separator: " "))]"
        }
    }

    /// Sets the input from its variables, or else to its default. Variables with a value of the wrong type count as
    /// not given, as in the reference.
    func setFromEnvironment(_ variable: (String) -> String?, in inputs: inout PlatformInputs) {
        let given = variables.compactMap(variable).filter { !$0.isEmpty }
        switch target {
        case .text(let path): inputs[keyPath: path] = given.first ?? defaultValue
        case .boolean(let path): inputs[keyPath: path] = given.contains { GoNotation.boolean($0) == true }
        case .number(let path): inputs[keyPath: path] = given.first.flatMap { Int($0) } ?? Int(defaultValue) ?? 0
        case .list(let path):
            inputs[keyPath: path] =
                given.first.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        case .duration(let path):
            inputs[keyPath: path] = given.first { GoNotation.isDuration($0) } ?? defaultValue
        }
    }
}

extension PlatformInputs {
    /// Makes inputs from environment variables and defaults.
    ///
    /// - Parameter variable: Looks up an environment variable.
    public init(environment variable: (String) -> String?) {
        self.init()
        for input in PlatformInput.all { input.setFromEnvironment(variable, in: &self) }
    }
}

/// Values in the notations of Go's `strconv` and `time`, in which platforms write them.
enum GoNotation {
    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// Reads an integer in any of Go's bases: `10`, `-3`, `0x1F`, `0b1`, `0o17`, `017`, with `_` between digits.
    static func integer(_ text: String) throws(PlatformInput.ValueFault) -> Int {
        var digits = text[...]
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        var radix = 10
        let prefix = digits.prefix(2).lowercased()
        if let found = ["0x": 16, "0b": 2, "0o": 8][prefix] {
            radix = found
            digits = digits.dropFirst(2)
        } else if digits.hasPrefix("0") && digits.utf8.count > 1 {
            radix = 8
            digits = digits.dropFirst()
        }
        let isPrefixed = radix != 10
        // An underscore may only stand between digits, or between a base's prefix and the first digit.
        if !isPrefixed && digits.hasPrefix("_") { throw .parse }
        if digits.hasSuffix("_") || digits.utf8.elementsEqual([]) { throw .parse }
        var cleaned = ""
        var previous: Character = isPrefixed ? "0" : "_"
        for character in digits {
            if character == "_" {
                if previous == "_" { throw .parse }
            } else {
                guard character.isASCII, character.hexDigitValue.map({ $0 < radix }) == true else { throw .parse }
                cleaned.append(character)
            }
            previous = character
        }
        guard let number = Int((isNegative ? "-" : "") + cleaned, radix: radix) else { throw .range }
        return number
    }

    /// Whether a text is a length of time: `1h30m`, `-1.5h`, `300ms`, `0`.
    static func isDuration(_ text: String) -> Bool {
        var rest = text[...]
        if rest.hasPrefix("-") || rest.hasPrefix("+") { rest = rest.dropFirst() }
        if rest == "0" { return true }
        if rest.isEmpty { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            guard number.contains(where: { $0 != "." }), number.filter({ $0 == "." }).count <= 1 else { return false }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            guard ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].contains(unit) else { return false }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }
}
