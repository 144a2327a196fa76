extension DockerfileInstruction {
    /// The instruction in one line, for people and as the history of a layer has it; without here-documents.
    public var summary: String {
        let words = isJSON ? ["[\(arguments.map(Self.quoted).joined(separator: ", "))]"] : arguments
        let first = words.first?.split(separator: "\n", maxSplits: 1).first.map(String.init)
        return ([name] + flags + [first ?? ""] + words.dropFirst()).filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The value of a flag: `root` of `--chown=root`; `true` for a flag without a value, nil without the flag.
    ///
    /// - Parameter name: The flag's name without the hyphens.
    /// - Returns: The value that stands first.
    public func flag(_ name: String) -> String? { flagValues(name).first }

    /// The values of a flag that may stand there several times.
    ///
    /// - Parameter name: The flag's name without the hyphens.
    /// - Returns: The values in order.
    public func flagValues(_ name: String) -> [String] {
        flags.compactMap { flag in
            let parts = flag.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.first.map({ $0 == name }) == true else { return nil }
            return parts.count == 2 ? String(parts[1]) : "true"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }
        return "\"\(escaped.joined())\""
    }
}
