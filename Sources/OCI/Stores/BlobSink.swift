public import Archive

/// Lets the layer engine write a blob of an image.
///
/// `@unchecked Sendable`: a blob is written on one thread at a time, and the engine never calls a sink from two.
public final class BlobSink: ByteSink, @unchecked Sendable {
    private let writer: any BlobWriter

    /// Makes a sink of a blob that was begun.
    ///
    /// - Parameter writer: Takes the bytes; finishing or abandoning the blob is left to the caller.
    public init(_ writer: any BlobWriter) { self.writer = writer }

    /// Writes the next bytes of the blob.
    ///
    /// - Parameter bytes: The next piece.
    /// - Throws: `ArchiveError.sink` with the `OCIError` of the store.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        do {
            try writer.write(bytes)
        } catch {
            throw .sink(error)
        }
    }
}
