extension PlatformInputs {
    /// Makes inputs from environment variables and defaults.
    ///
    /// - Parameter variable: Looks up an environment variable.
    public init(environment variable: (String) -> String?) {
        self.init()
        for input in PlatformInput.all { input.setFromEnvironment(variable, in: &self) }
    }
}

extension PlatformInput {
    /// Sets the input from its variables, or else to its default.
    ///
    /// Variables with a value of the wrong type count as not given, as in the reference.
    fileprivate func setFromEnvironment(_ variable: (String) -> String?, in inputs: inout PlatformInputs) {
        let given = variables.compactMap(variable).filter { !$0.isEmpty }
        switch target {
        case .text(let path): inputs[keyPath: path] = given.first ?? defaultValue
        case .boolean(let path): inputs[keyPath: path] = given.contains { Self.boolean($0) == true }
        case .number(let path): inputs[keyPath: path] = given.first.flatMap { Int($0) } ?? Int(defaultValue) ?? 0
        case .list(let path):
            inputs[keyPath: path] =
                given.first.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        case .duration(let path):
            inputs[keyPath: path] = given.first.flatMap(Self.nanoseconds) ?? Self.nanoseconds(defaultValue) ?? 0
        }
    }

    /// A truth value in the words that Go's `strconv` knows.
    private static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
    ]

    /// A length of time in Go's notation, such as `1h30m` or `-1.5h`, in nanoseconds.
    private static func nanoseconds(_ text: String) -> Int64? {
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var sum = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            rest = rest.dropFirst(unit.count)
            guard let value = Double("0\(number)"), !number.isEmpty, let factor = units[String(unit)] else {
                return nil
            }
            sum += value * factor
        }
        return Int64(exactly: (isNegative ? -sum : sum).rounded())
    }
}
