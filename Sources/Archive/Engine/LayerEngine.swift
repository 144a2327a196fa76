/// What a layer's uncompressed tar stream is.
public struct LayerDigest: Hashable, Sendable {
    /// The digest of the tar stream, by which images and caches know a layer.
    public let diffID: Digest
    /// The length of the tar stream in bytes.
    public let size: Int64
}

/// What a layer is once it has been written.
public struct ArchivedLayer: Hashable, Sendable {
    /// The uncompressed tar stream.
    public let content: LayerDigest
    /// How the written bytes are compressed.
    public let compression: LayerCompression
    /// The digest of the written bytes.
    public let digest: Digest
    /// The number of the written bytes.
    public let size: Int64

    /// The digest of the tar stream.
    public var diffID: Digest { content.diffID }
}

/// Turns content on disk into layers: in one pass, on all cores, with the same bytes on any number of them.
///
/// The calling thread walks and fills blocks of tar bytes; the pool's threads hash and compress them. Several threads
/// may archive layers with one engine at the same time and share its pool.
public struct LayerEngine: Sendable {
    /// The threads and the blocks to work with.
    private let pool: CompressionPool
    /// Ends a running operation from another thread.
    private let cancellation: Cancellation?
    /// Told the number of tar bytes that were taken since it was called last, on any thread.
    private let progress: (@Sendable (Int) -> Void)?

    public init(
        pool: CompressionPool,
        cancellation: Cancellation? = nil,
        progress: (@Sendable (Int) -> Void)? = nil
    ) {
        self.pool = pool
        self.cancellation = cancellation
        self.progress = progress
    }

    /// Computes what the tar stream of a layer would be; nothing is compressed or written.
    ///
    /// - Parameter content: what the layer holds.
    /// - Returns: diffID and size.
    /// - Throws: the first error of the walk; it names the file.
    public func digest(_ content: LayerContent) throws(ArchiveError) -> LayerDigest {
        try run(.none, nil, nil) { (output) throws(ArchiveError) in
            try LayerProducer.write(content, to: &output)
            return try output.finishArchive()
        }.content
    }

    /// Archives a layer, compresses it, and writes the compressed bytes to a sink.
    ///
    /// - Parameters:
    ///   - content: what the layer holds.
    ///   - compression: of the bytes that go to `sink`.
    ///   - sink: takes the compressed bytes in order.
    ///   - copy: takes the uncompressed bytes in order, at the same time.
    /// - Returns: the digests and sizes of both forms.
    /// - Throws: the first error of the walk, which names the file, or of a sink; the sinks then hold a useless part.
    public func archive(
        _ content: LayerContent,
        compression: LayerCompression = .standard,
        to sink: any ByteSink,
        copyingTo copy: (any ByteSink)? = nil
    ) throws(ArchiveError) -> ArchivedLayer {
        try run(compression, sink, copy) { (output) throws(ArchiveError) in
            try LayerProducer.write(content, to: &output)
            return try output.finishArchive()
        }
    }

    /// Compresses an existing tar stream as `archive` would, for example one from the cache.
    ///
    /// - Parameters:
    ///   - source: the uncompressed tar stream, which is taken as it is.
    ///   - compression: of the bytes that go to `sink`.
    ///   - sink: takes the compressed bytes in order.
    ///   - copy: takes the uncompressed bytes in order, at the same time.
    /// - Returns: the digests and sizes of both forms.
    /// - Throws: the first error of the source or of a sink.
    public func compress(
        _ source: some ByteSource,
        compression: LayerCompression = .standard,
        to sink: any ByteSink,
        copyingTo copy: (any ByteSink)? = nil
    ) throws(ArchiveError) -> ArchivedLayer {
        var source: any ByteSource = source
        return try run(compression, sink, copy) { (output) throws(ArchiveError) in
            try output.appendAll(of: &source)
            return try output.finish()
        }
    }

    private func run(
        _ compression: LayerCompression,
        _ sink: (any ByteSink)?,
        _ copy: (any ByteSink)?,
        _ produce: (inout TarStream) throws(ArchiveError) -> ArchivedLayer
    ) throws(ArchiveError) -> ArchivedLayer {
        let pipeline = LayerPipeline(
            exchange: pool.exchange,
            compression: compression,
            sink: sink,
            copy: copy,
            cancellation: cancellation,
            progress: progress
        )
        var output = TarStream(pipeline)
        do throws(ArchiveError) {
            return try produce(&output)
        } catch {
            output.abandon(error)
            throw error
        }
    }
}
