import POSIX

/// The directory beside a target in which a layer is built up, until it takes the target's name or goes away.
struct StagingDirectory: ~Copyable {
    private let target: ExtractionTarget
    private let placement: EntryPlacement
    private let options: ExtractionOptions
    /// What the archive says of the directories that lead to the target, by the number of their elements.
    private var parents: [Int: TarHeader] = [:]
    private var path: String?
    private var extractor: TreeExtractor?
    private var root: FileDescriptor?

    init(_ target: ExtractionTarget, options: ExtractionOptions) {
        self.target = target
        placement = EntryPlacement(prefix: target.entryPrefix)
        self.options = options
    }

    deinit {
        root?.close()
        guard let path else { return }
        // After an error the directory is of no use. That it can't be removed either is not reported: there is an error
        // already.
        try? FileSystem.removeTree(path)
    }

    /// Makes an entry where its name says, or refuses it.
    mutating func make(_ header: TarHeader, from reader: inout TarReader) throws(ArchiveError) {
        func refusal(_ reason: String) -> ArchiveError { .unsafeEntry(name: header.displayName, reason: reason) }
        switch placement.place(of: header.name) {
        case .refused(let reason): throw refusal(reason)
        case .parent(let depth):
            guard header.kind == .directory else { throw refusal("it is outside of \(target.entryPrefix)") }
            parents[depth] = header
        case .inside(let elements):
            var link: [[UInt8]] = []
            if header.kind == .hardLink {
                guard case .inside(let elements) = placement.place(of: header.linkName) else {
                    throw refusal("it links to \(String(decoding: header.linkName, as: UTF8.self))")
                }
                link = elements
            }
            try prepare().make(header, at: elements, link: link, from: &reader)
        }
    }

    /// Makes everything visible at the target.
    ///
    /// - Returns: how many entries were made, and whether any has a time of the archive.
    mutating func publish() throws(ArchiveError) -> (entries: Int, hasTimes: Bool) {
        guard let extractor, let path else { return (0, false) }
        try extractor.finish()
        let directory = target.directory
        try system { () throws(POSIXError) in
            if FileSystem.exists(directory) {
                try TreeMerge.move(path, over: directory)
            } else {
                try FileSystem.rename(path, to: directory)
            }
        }
        self.path = nil
        return (extractor.entries, extractor.hasTimes)
    }

    private mutating func prepare() throws(ArchiveError) -> TreeExtractor {
        if let extractor { return extractor }
        let directory = Path.clean(target.directory)
        let parent = Path.directory(directory)
        let staging = Path.join(parent, ".\(Path.base(directory)).\(RandomBytes.hexadecimal(count: 8))")
        try makeParents(parent)
        try system { () throws(POSIXError) in try FileSystem.makeDirectory(staging, mode: 0o777) }
        path = staging
        let opened = try system { () throws(POSIXError) in
            try OwnedDescriptor(opening: staging, [.read, .directory, .noFollow])
        }
        let descriptor = opened.release()
        root = descriptor
        let extractor = TreeExtractor(root: descriptor, options: options)
        self.extractor = extractor
        return extractor
    }

    /// Makes the missing directories that lead to the target, as the archive describes them.
    private func makeParents(_ path: String) throws(ArchiveError) {
        guard !FileSystem.exists(path) else { return }
        try makeParents(Path.directory(path))
        try system { () throws(POSIXError) in
            do throws(POSIXError) {
                try FileSystem.makeDirectory(path, mode: 0o777)
            } catch {
                // Another layer's extraction may have come first.
                guard error.errno == .fileExists else { throw error }
                return
            }
            let prefix = Path.components(target.entryPrefix)
            let depth = Path.components(path).count
            // The archive's parent directories describe those on disk only where both have the same names.
            guard Path.clean(target.entryPrefix) == Path.clean(target.directory), depth < prefix.count,
                let header = parents[depth]
            else { return }
            try FileSystem.chmod(path, FileMode(rawValue: UInt32(truncatingIfNeeded: header.mode)))
            guard options.restoresOwners else { return }
            try FileSystem.chown(path, uid: UInt32(clamping: header.uid), gid: UInt32(clamping: header.gid))
        }
    }
}
