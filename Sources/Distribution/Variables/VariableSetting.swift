/// A variable as somebody sets it for a build: `NAME=value`, or `NAME` for the value that the caller has.
public struct VariableSetting: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value; nil for that of the caller's environment.
    public var value: String?

    /// How long a name or value may be, in bytes: more than this the kernel takes in no variable.
    public static let limit = 128 << 10

    /// Takes over a name and a value that are known to be good.
    init(name: String, trusted value: String?) {
        (self.name, self.value) = (name, value)
    }

    /// Checks a setting.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value; nil for that of the caller's environment.
    /// - Throws: ``DistributionError/invalidVariable(_:reason:)`` for what can't be a variable of a build.
    public init(name: String, value: String?) throws(DistributionError) {
        if let reason = Self.reason(againstName: name) { throw .invalidVariable(name, reason: reason) }
        if let value, let reason = Self.reason(againstValue: value) { throw .invalidVariable(name, reason: reason) }
        self.init(name: name, trusted: value)
    }

    /// Reads a setting from a command line, where the shell has taken quotes off.
    ///
    /// - Parameter argument: `NAME=value`, or `NAME`.
    /// - Throws: ``DistributionError/invalidVariable(_:reason:)`` for what can't be a variable of a build.
    public init(argument: String) throws(DistributionError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        try self.init(name: parts.first ?? "", value: parts.count == 2 ? parts[1] : nil)
    }

    /// Why a text can't be the name of a variable; nil when it can.
    ///
    /// Names become names of files in `<platform>/env`, so more than shells is allowed, but not everything.
    static func reason(againstName name: String) -> String? {
        if name.isEmpty { return "the name is empty" }
        if name.utf8.count > 255 { return "the name is longer than 255 bytes" }
        if name == "." || name == ".." { return "the name would be a directory" }
        let isGood = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte != 0x7F && !"/=\"'`#$".utf8.contains(byte)
        }
        return isGood ? nil : "the name has a space or one of / = \" ' ` # $"
    }

    /// Why a text can't be the value of a variable; nil when it can.
    static func reason(againstValue value: String) -> String? {
        if value.utf8.contains(0) { return "the value has a zero byte" }
        if value.utf8.count > limit { return "the value is longer than \(limit) bytes" }
        return nil
    }
}

/// The variables of a build, from all that set them.
public struct BuildVariables: Equatable, Sendable {
    /// The variables by name, in the order of their names' bytes.
    public var values: [(name: String, value: String)] {
        settings.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }

    /// Names that were to take the caller's value, and for which the caller has none; they are not set.
    public private(set) var missing: [String]
    private var settings: [String: String]

    /// Works out the variables: those of a project come first, then files in order, then the command line, and a later
    /// setting replaces an earlier one.
    ///
    /// - Parameters:
    ///   - project: The variables of the project, those of other execution environments already left out.
    ///   - files: The settings of each file.
    ///   - arguments: The settings of the command line, in order.
    ///   - caller: The value of a variable in the caller's environment.
    public init(
        project: [ProjectVariable],
        files: [[VariableSetting]],
        arguments: [VariableSetting],
        caller: (String) -> String?
    ) {
        (settings, missing) = ([:], [])
        var unknown: Set<String> = []
        for variable in project { settings[variable.name] = variable.value }
        for setting in files.joined() + arguments {
            if let value = setting.value ?? caller(setting.name) {
                settings[setting.name] = value
            } else if unknown.insert(setting.name).inserted {
                missing.append(setting.name)
            }
        }
        missing.removeAll { settings[$0] != nil }
    }

    /// The value of a variable; nil when it is not set.
    public subscript(name: String) -> String? { settings[name] }
}
