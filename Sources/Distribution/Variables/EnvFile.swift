import CNBCore

/// A file of environment variables, as `.env`.
///
/// A line is `NAME=value`, or `NAME` for the value that the caller has, with or without `export` before it. Empty lines
/// and what follows `#` at the start of a line or after a space don't count. Quotes around a value are taken off: in
/// single ones, all is as it stands; in double ones, `\n`, `\r`, `\t`, `\"`, `\\`, `\$` and `` \` `` are escapes, and a
/// backslash at the end of a line joins it with the next. Quoted values may go over several lines. Nothing is
/// substituted.
public struct EnvFile: Equatable, Sendable {
    /// The settings in the order of the file.
    public let settings: [VariableSetting]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents in UTF-8, at most `FileLimit.variablesFile` bytes.
    ///   - file: The file's name, for errors.
    /// - Throws: ``DistributionError/line(file:line:reason:)`` with the first line that is malformed, or
    ///   ``DistributionError/tooLarge(_:size:limit:)``.
    public init(parsing bytes: [UInt8], file: String) throws(DistributionError) {
        try checkSize(bytes.count, of: file, limit: FileLimit.variablesFile)
        var reader = EnvFileReader(bytes, file: file)
        settings = try reader.settings()
    }
}
