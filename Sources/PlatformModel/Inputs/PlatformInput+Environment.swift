public import CNBCore

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

    /// The variables of a phase's inputs whose values mean nothing, and so count as not given.
    ///
    /// - Parameters:
    ///   - phase: The phase; variables of inputs that only other phases have are left out.
    ///   - platformAPI: The Platform API.
    ///   - variable: Looks up an environment variable.
    /// - Returns: For each the name, the value, and what was expected instead.
    public static func meaninglessVariables(
        for phase: LifecyclePhase,
        platformAPI: APIVersion,
        _ variable: (String) -> String?
    ) -> [(name: String, value: String, expected: String)] {
        all.filter { $0.flag == nil || $0.isFlag(of: phase, platformAPI: platformAPI) }.flatMap { input in
            input.variables.compactMap { name in
                guard let value = variable(name), !value.isEmpty, let expected = input.expectation(against: value)
                else {
                    return nil
                }
                return (name: name, value: value, expected: expected)
            }
        }
    }

    /// What is expected where a value means nothing; `nil` for one that does.
    private func expectation(against value: String) -> String? {
        switch target {
        case .text, .list: nil
        case .boolean: Self.boolean(value) == nil ? "true or false" : nil
        case .number: Int(value) == nil ? "a number" : nil
        case .duration: Self.nanoseconds(value) == nil ? "a length of time such as 336h0m0s" : nil
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
