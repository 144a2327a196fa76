public import POSIX

/// What can go wrong while layers are written, read or extracted.
public enum ArchiveError: Error, Sendable {
    /// The operation was cancelled through its `Cancellation`.
    case cancelled
    /// The operating system refused something.
    case system(POSIXError)
    /// A file could not be added to a layer of chosen files.
    case cannotAdd(path: String, POSIXError)
    /// A file or directory changed while it was read, so that its entry would be wrong.
    case changedWhileReading(path: String, reason: String)
    /// A file has a type that archives can't hold.
    case unsupportedFileType(path: String)
    /// A header field can't be written in any tar format.
    case unencodableHeader(name: String, reason: String)
    /// A tar stream breaks the format's rules, at this offset of the uncompressed stream.
    case malformedTar(offset: Int64, reason: String)
    /// A tar entry would reach outside of the place it may be extracted to.
    case unsafeEntry(name: String, reason: String)
    /// Compressed bytes are damaged or cut short.
    case corruptStream(format: String, reason: String)
    /// Content does not have the digest that it should have; `subject` says which of its digests.
    case digestMismatch(subject: String, expected: Digest, actual: Digest)
    /// A library refused to work, for want of memory in practice.
    case library(name: String, reason: String)
    /// A pattern of a slice is malformed.
    case malformedPattern(String)
    /// A value of `CNB_LAYER_COMPRESSION` is not understood.
    case unknownCompression(String)
    /// The sink that takes the bytes failed.
    case sink(any Error)
    /// The source that gives the bytes failed.
    case source(any Error)
}

extension ArchiveError: CustomStringConvertible {
    /// The error in words, with the file or entry that it is about.
    public var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .system(let error): error.description
        case .cannotAdd(let path, let error): "failed to add file \(path) to archive: \(error)"
        case .changedWhileReading(let path, let reason): "\(path) changed while it was read: \(reason)"
        case .unsupportedFileType(let path): "\(path) has a type that a layer cannot hold"
        case .unencodableHeader(let name, let reason): "cannot write a tar header for \(name): \(reason)"
        case .malformedTar(let offset, let reason): "malformed tar stream at offset \(offset): \(reason)"
        case .unsafeEntry(let name, let reason): "refused tar entry \(name): \(reason)"
        case .corruptStream(let format, let reason): "corrupt \(format) stream: \(reason)"
        case .digestMismatch(let subject, let expected, let actual):
            "\(subject) mismatch: expected \(expected), got \(actual)"
        case .library(let name, let reason): "\(name): \(reason)"
        case .malformedPattern(let pattern): "malformed pattern '\(pattern)'"
        case .unknownCompression(let value): "unknown layer compression '\(value)'"
        case .sink(let error): "\(error)"
        case .source(let error): "\(error)"
        }
    }
}

/// Runs an operation of the system, whose errors become errors of this module.
func system<Value: ~Copyable>(_ body: () throws(POSIXError) -> Value) throws(ArchiveError) -> Value {
    do throws(POSIXError) {
        return try body()
    } catch {
        throw .system(error)
    }
}
