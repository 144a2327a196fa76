import Archive
import ImageStores
import OCI
import POSIX

/// What pruning has removed.
public struct PruneReport: Hashable, Sendable {
    /// The names of images.
    public var names: [String] = []
    /// How many blobs.
    public var blobs = 0
    /// How many roots.
    public var roots = 0
    /// How many bytes are free now that weren't.
    public var freedBytes: Int64 = 0
}

/// Which images pruning removes.
public enum PruneScope: Hashable, Sendable {
    /// None: only what belongs to no image.
    case none
    /// All that nobody holds.
    case unheld
}

extension LocalStore {
    /// Removes blobs and roots that belong to no image, and what ended processes have left behind.
    ///
    /// What a lease holds stays, whoever has the lease.
    ///
    /// - Parameter images: Which images are removed, too.
    /// - Returns: What was removed.
    /// - Throws: `LibraryError` when the index can't be read, or something not removed.
    public func prune(images: PruneScope = .none) throws(LibraryError) -> PruneReport {
        removeAbandoned()
        let trash = try StoreLease(self)
        defer { trash.release() }
        var report = PruneReport()
        // What goes away gets another place at once, which takes a moment, and is removed after that.
        try exclusively { () throws(LibraryError) in
            let held = heldDigests()
            var entries = try entries()
            if images == .unheld {
                let unheld = entries.filter { !held.contains($0.digest) }
                report.names = unheld.compactMap { $0.annotations[ImageIndex.refName] }
                if !unheld.isEmpty { try write(entries.filter { held.contains($0.digest) }) }
                entries.removeAll { !held.contains($0.digest) }
            }
            let used = held.union(try used(by: entries))
            try discardBlobs(keeping: used, to: trash, &report)
            try discardRoots(keeping: used, to: trash, &report)
        }
        report.freedBytes += try system { () throws(POSIXError) in try TreeRemoval.remove(trash.temporaryDir) }
        return report
    }

    /// The digests of everything that belongs to images.
    private func used(by entries: [Descriptor]) throws(LibraryError) -> Set<Digest> {
        var used: Set<Digest> = []
        for entry in entries {
            used.insert(entry.digest)
            do throws(OCIError) {
                let opened = try BlobImage(path, entry, in: layout)
                used.formUnion(opened.contentBlobs.map(\.digest))
                used.insert(ChainID.of(opened.config.diffIDs))
            } catch {
                // Of a damaged image nothing else can be known; what cannot be read at all must not cost others.
                guard error.isDamage || Self.isMissing(error) else { throw .image(name: path, error) }
            }
        }
        return used
    }

    private static func isMissing(_ error: OCIError) -> Bool {
        if case .blobNotFound = error { true } else { false }
    }

    private func discardBlobs(
        keeping used: Set<Digest>,
        to trash: StoreLease,
        _ report: inout PruneReport
    ) throws(LibraryError) {
        let directory = Path.join(path, "blobs/sha256")
        for entry in try system({ () throws(POSIXError) in try FileSystem.list(directory) }) {
            let digest = Digest(parsing: "sha256:\(entry.name)")
            if let digest, used.contains(digest) { continue }
            try discard(Path.join(directory, entry.name), to: trash)
            report.blobs += 1
        }
    }

    private func discardRoots(
        keeping used: Set<Digest>,
        to trash: StoreLease,
        _ report: inout PruneReport
    ) throws(LibraryError) {
        for entry in try system({ () throws(POSIXError) in try FileSystem.list(rootsDir) }) {
            let digest = Digest(parsing: "sha256:\(entry.name.prefix { $0 != "." })")
            if let digest, used.contains(digest) { continue }
            try discard(Path.join(rootsDir, entry.name), to: trash)
            report.roots += 1
        }
    }

    private func discard(_ path: String, to trash: StoreLease) throws(LibraryError) {
        try system { () throws(POSIXError) in
            try FileSystem.rename(path, to: Path.join(trash.temporaryDir, RandomBytes.hexadecimal(count: 8)))
        }
    }
}
