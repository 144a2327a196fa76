/// What the system refused to do: the operation, what it was about, and why.
public struct POSIXError: Error, Hashable, Sendable {
    /// The error number.
    public var errno: Errno
    /// The operation that failed, such as `open` or `fork/exec`.
    public var operation: String
    /// The path or address that the operation was about; of two (rename, link) the first.
    public var path: String?
    /// The second path of operations that take two.
    public var secondPath: String?
    /// Wording that replaces the error number's, where the number says too little.
    public var explanation: String?

    /// Describes a failed operation.
    /// - Parameters:
    ///   - errno: The error number.
    ///   - operation: The operation that failed, such as `open`.
    ///   - path: The path or address that it was about.
    ///   - secondPath: The second path of operations that take two.
    ///   - explanation: Wording that replaces the error number's.
    public init(
        _ errno: Errno,
        _ operation: String,
        _ path: String? = nil,
        to secondPath: String? = nil,
        explanation: String? = nil
    ) {
        self.errno = errno
        self.operation = operation
        self.path = path
        self.secondPath = secondPath
        self.explanation = explanation
    }
}

extension POSIXError: CustomStringConvertible {
    /// For instance `open /layers/group.toml: no such file or directory`.
    public var description: String {
        var text = operation
        for path in [path, secondPath] {
            if let path { text += " \(path)" }
        }
        return "\(text): \(explanation ?? errno.description)"
    }
}
