/// Fills blocks with the tar stream of a layer; the producer's end of the pipeline.
///
/// All that is written is a multiple of 512 bytes as soon as an entry is complete, so that a header never lies across
/// two blocks.
struct TarStream: ~Copyable {
    private let pipeline: LayerPipeline
    private var block: LayerBlock?

    init(_ pipeline: LayerPipeline) {
        self.pipeline = pipeline
    }

    /// The free rest of the current block, or of a new one; never empty.
    mutating func space() throws(ArchiveError) -> UnsafeMutableRawBufferPointer {
        if let block, block.count < LayerBlock.capacity {
            return UnsafeMutableRawBufferPointer(rebasing: block.bytes[block.count...])
        }
        if let full = block {
            block = nil
            pipeline.submit(full)
        }
        let next = try pipeline.acquire()
        block = next
        return next.bytes
    }

    /// Counts bytes in that were put at the start of `space()`.
    mutating func advance(_ count: Int) {
        block?.count += count
    }

    /// Writes the header of an entry.
    ///
    /// - Parameters:
    ///   - numbers: all of the header but the names.
    ///   - name: the entry's path.
    ///   - linkName: the target of a symbolic link.
    /// - Throws: if no tar format can hold it.
    mutating func header(
        _ numbers: TarNumbers,
        name: UnsafeRawBufferPointer,
        linkName: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) throws(ArchiveError) {
        if let base = try space().baseAddress,
            TarBlockWriter.writeUSTAR(numbers, name: name, linkName: linkName, to: base)
        {
            advance(TarBlock.size)
        } else {
            try append(TarHeaderEncoder.encode(TarHeader(numbers, name: Array(name), linkName: Array(linkName))))
        }
    }

    /// Writes the header of an entry whose names are in arrays.
    mutating func header(_ numbers: TarNumbers, name: [UInt8], linkName: [UInt8] = []) throws(ArchiveError) {
        try name.withUnsafeBytes { name in
            linkName.withUnsafeBytes { linkName in
                capture { () throws(ArchiveError) in try header(numbers, name: name, linkName: linkName) }
            }
        }.get()
    }

    /// Writes bytes from memory.
    mutating func append(_ bytes: [UInt8]) throws(ArchiveError) {
        var written = 0
        while written < bytes.count {
            let space = try space()
            let count = min(space.count, bytes.count - written)
            bytes.withUnsafeBytes {
                space.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[written..<written + count]))
            }
            advance(count)
            written += count
        }
    }

    /// Fills the last block of `size` bytes of content with zeros.
    mutating func pad(after size: Int64) throws(ArchiveError) {
        try zeros(TarBlock.padding(after: size))
    }

    private mutating func zeros(_ count: Int) throws(ArchiveError) {
        guard count > 0 else { return }
        // Padding never crosses a block's end, since blocks are multiples of 512 bytes.
        let space = try space()
        UnsafeMutableRawBufferPointer(rebasing: space[..<min(count, space.count)])
            .initializeMemory(as: UInt8.self, repeating: 0)
        advance(min(count, space.count))
    }

    /// Writes all of a source's bytes.
    mutating func appendAll(of source: inout any ByteSource) throws(ArchiveError) {
        while true {
            let count = try source.read(into: try space())
            guard count > 0 else { return }
            advance(count)
        }
    }

    /// Ends the archive with two blocks of zeros, and waits until all is hashed and written.
    mutating func finishArchive() throws(ArchiveError) -> ArchivedLayer {
        try zeros(TarBlock.size)
        try zeros(TarBlock.size)
        return try finish()
    }

    /// Waits until all is hashed and written.
    mutating func finish() throws(ArchiveError) -> ArchivedLayer {
        let last: LayerBlock
        if let block {
            last = block
        } else {
            last = try pipeline.acquire()
        }
        block = nil
        return try pipeline.finish(last)
    }

    /// Gives up, so that the pool gets its blocks back.
    mutating func abandon(_ error: ArchiveError) {
        pipeline.abandon(block, error)
        block = nil
    }
}

extension TarHeader {
    init(_ numbers: TarNumbers, name: [UInt8], linkName: [UInt8]) {
        self.init(
            name: name,
            kind: numbers.kind,
            mode: numbers.mode,
            uid: numbers.uid,
            gid: numbers.gid,
            size: numbers.size,
            linkName: linkName,
            modificationTime: TarTime(seconds: numbers.modificationTime, nanoseconds: numbers.nanoseconds)
        )
        deviceMajor = numbers.deviceMajor
        deviceMinor = numbers.deviceMinor
        // Only these records have fractions of seconds.
        if numbers.nanoseconds != 0 { formats = .pax }
    }
}
