/// An execution environment: `production`, `test`, `development` or a name of the platform's own.
public struct ExecEnv: Hashable, Sendable {
    /// The name.
    public let name: String

    /// What applies when `CNB_EXEC_ENV` is not set.
    public static let production = ExecEnv(trusted: "production")

    /// Stands for all environments in an `exec-env` list.
    public static let wildcard = "*"

    private init(trusted name: String) {
        self.name = name
    }

    /// The value of `CNB_EXEC_ENV`.
    ///
    /// - Parameter name: The name; empty means ``production``.
    /// - Throws: ``CNBError/invalidExecEnv(_:)`` if it holds a `/`, which the specification reserves.
    public init(_ name: String) throws(CNBError) {
        if name.utf8.contains(UInt8(ascii: "/")) { throw .invalidExecEnv(name) }
        self.init(trusted: name.isEmpty ? Self.production.name : name)
    }

    /// The value of `CNB_EXEC_ENV`, taken as it is: a name that is not valid matches only itself.
    ///
    /// - Parameter name: The name; empty means ``production``.
    public init(unchecked name: String) {
        self.init(trusted: name.isEmpty ? Self.production.name : name)
    }

    /// Whether something restricted to the environments of `list` is meant for this one.
    ///
    /// - Parameter list: The `exec-env` of a process, buildpack or image extension; empty when there is none.
    /// - Returns: Whether the list is empty, names this environment or holds ``wildcard``.
    public func isEligible(_ list: [String]) -> Bool {
        list.isEmpty || list.contains { $0.hasSameBytes(as: name) || $0.hasSameBytes(as: Self.wildcard) }
    }
}

extension ExecEnv: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
