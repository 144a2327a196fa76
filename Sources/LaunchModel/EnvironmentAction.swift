internal import LaunchPOSIX

/// What a file in an environment directory does to its variable; the part of its name after the first period decides.
public enum EnvironmentAction: Hashable, Sendable {
    /// The file's contents become the value.
    case override
    /// The contents become the value of a variable that is not set or empty.
    case `default`
    /// The contents go before the value, with the delimiter between them.
    case prepend
    /// The contents go after the value, with the delimiter between them.
    case append
    /// As ``prepend``, with `:` unless there is a delimiter.
    case prependPath

    /// The variable that a file is about, and what the file does to it.
    ///
    /// - Parameters:
    ///   - fileName: The name: the variable's up to the first period, then the suffix.
    ///   - unsuffixed: What a file whose name has no period does.
    /// - Returns: Nil for a file that does nothing by itself: one with a delimiter, or with an unknown suffix.
    static func of(
        fileNamed fileName: [UInt8],
        unsuffixed: EnvironmentAction
    ) -> (name: ArraySlice<UInt8>, action: EnvironmentAction)? {
        guard let period = fileName.withUnsafeBytes({ $0.firstPlace(of: UInt8(ascii: ".")) }) else {
            return (fileName[...], unsuffixed)
        }
        return EnvironmentAction(suffix: fileName[(period + 1)...]).map { (fileName[..<period], $0) }
    }

    /// The action that a suffix stands for, the empty one included: that is a name with a period at its end.
    private init?(suffix: ArraySlice<UInt8>) {
        if suffix.spells("override") {
            self = .override
        } else if suffix.spells("default") {
            self = .default
        } else if suffix.spells("prepend") {
            self = .prepend
        } else if suffix.spells("append") {
            self = .append
        } else if suffix.isEmpty {
            self = .prependPath
        } else {
            return nil
        }
    }
}
