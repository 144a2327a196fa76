/// Runs a system call, again while a signal interrupts it.
/// - Parameter body: The call; a negative result means that it failed.
/// - Returns: What the call returned.
/// - Throws: The error number.
func retrying<Number: SignedInteger>(_ body: () -> Number) throws(Errno) -> Number {
    while true {
        let result = body()
        if result >= 0 { return result }
        let error = Errno.current
        if error != .interrupted { throw error }
    }
}

extension Errno: Error {}

/// Runs a system call that concerns a path, again while a signal interrupts it.
/// - Parameters:
///   - operation: The name to report.
///   - path: The path to report.
///   - secondPath: The second path to report.
///   - body: The call; a negative result means that it failed.
/// - Returns: What the call returned.
/// - Throws: What failed, with the error number.
@discardableResult
public func systemCall<Number: SignedInteger>(
    _ operation: String,
    _ path: @autoclosure () -> String? = nil,
    to secondPath: @autoclosure () -> String? = nil,
    _ body: () -> Number
) throws(POSIXError) -> Number {
    do {
        return try retrying(body)
    } catch {
        throw POSIXError(error, operation, path(), to: secondPath())
    }
}
