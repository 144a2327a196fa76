/// Why the app image cannot be made; what the phase was doing is added on the way up.
struct ExportError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    init(_ action: String, _ cause: some CustomStringConvertible) {
        description = "\(action): \(cause)"
    }
}

/// Does what the app image cannot be made without: the error reads "`action`: `cause`".
///
/// - Parameters:
///   - action: What is being done; `nil` where the cause stands alone.
///   - body: Does it; any error that it throws is the cause.
/// - Returns: What `body` returns.
/// - Throws: An `ExportError`.
func wrapping<Value: ~Copyable>(
    _ action: @autoclosure () -> String? = nil,
    _ body: () throws -> Value
) throws(ExportError) -> Value {
    do {
        return try body()
    } catch {
        throw ExportError((action().map { "\($0): " } ?? "") + "\(error)")
    }
}
