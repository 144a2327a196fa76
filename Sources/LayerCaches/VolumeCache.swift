public import Archive
public import Console
public import OCI
import POSIX
public import PlatformModel

/// A cache in a directory: `committed/` holds the metadata and a `<diffID>.tar` for each layer, `staging/` the version
/// in the making.
///
/// A commit moves `committed` to `committed-backup` and `staging` to `committed`. Killed between the two it leaves the
/// old version as the backup, which the next build puts back: there is never a mixture of both.
public final class VolumeCache: LayerCache {
    /// The directory's path.
    public let name: String
    private let logger: Logger
    private let patience: Int
    private let isReadOnly: Bool
    private let verified = VerifiedLayers()
    /// How new layers are compressed; those that are there may be in any form.
    let compression: LayerCompression

    var committedDir: String { Path.join(name, "committed") }
    var stagingDir: String { Path.join(name, "staging") }
    private var backupDir: String { Path.join(name, "committed-backup") }
    private var metadataPath: String { Path.join(committedDir, CacheMetadata.name) }

    /// Opens a cache, and puts right what an interrupted build may have left in it.
    ///
    /// - Parameters:
    ///   - directory: An existing directory.
    ///   - logger: Told about damage.
    ///   - compression: How new layers are compressed; other lifecycles only read those that aren't.
    ///   - patience: How long to wait for another build that writes the cache, in milliseconds.
    /// - Throws: When the directory doesn't exist or can't be used.
    public init(
        _ directory: String,
        logger: Logger,
        compression: LayerCompression = .none,
        patience: Int = 10_000
    ) throws(CacheError) {
        name = directory
        self.logger = logger
        self.compression = compression
        self.patience = patience
        isReadOnly = false
        do {
            _ = try FileSystem.status(directory)
            // If another build holds the lock, it is writing, and its directories are left alone.
            guard let lock = try? FileLock.ifAvailable(directory) else { return }
            try recover(holding: lock)
        } catch {
            throw .failed("\(error)")
        }
    }

    /// Opens a cache that is only read: nothing in its directory is changed, which may belong to somebody else.
    ///
    /// - Parameters:
    ///   - directory: The directory; it need not exist.
    ///   - logger: Told about damage.
    public init(reading directory: String, logger: Logger) {
        name = directory
        self.logger = logger
        compression = .none
        patience = 0
        isReadOnly = true
    }

    /// Brings the directories into the state in which a build expects them.
    private func recover(holding lock: borrowing FileLock) throws(POSIXError) {
        if !FileSystem.exists(committedDir) && FileSystem.exists(backupDir) {
            try FileSystem.rename(backupDir, to: committedDir)
        }
        try FileSystem.removeTree(backupDir)
        try resetStaging(holding: lock)
        try FileSystem.makeDirectories(committedDir, mode: 0o777)
    }

    func resetStaging(holding lock: borrowing FileLock) throws(POSIXError) {
        try FileSystem.removeTree(stagingDir)
        try FileSystem.makeDirectories(stagingDir, mode: 0o777)
    }

    /// Whether there is a version of the cache; opening a cache makes an empty one.
    public var exists: Bool { FileSystem.exists(committedDir) }

    /// What the cache says about its layers.
    public func metadata() throws(CacheError) -> CacheMetadata {
        let text: String
        do {
            text = try FileSystem.readText(metadataPath)
        } catch {
            if error.errno == .noSuchFile { return CacheMetadata() }
            throw .failed("opening metadata file '\(metadataPath)': \(error)")
        }
        do {
            return try CacheMetadata(json: text)
        } catch {
            logger.warn("Ignoring the metadata of cache \(name), because it is damaged: \(error)")
            return CacheMetadata()
        }
    }

    /// Reads the layer and compares its digest, unless this process did so before and the file has not changed.
    public func verify(_ diffID: DiffID) throws(CacheError) {
        if let status = status(diffID), verified.contains(diffID, status) { return }
        try read(diffID)
    }

    private func read(_ diffID: DiffID) throws(CacheError) {
        var digester = SHA256Digester()
        do {
            var source = DecompressingSource(try open(diffID))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { buffer.deallocate() }
            while true {
                let count = try source.read(into: buffer)
                guard count > 0 else { break }
                digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        } catch let error as POSIXError {
            throw Self.miss(error, diffID)
        } catch ArchiveError.source(let error as POSIXError) {
            throw Self.miss(error, diffID)
        } catch {
            throw .unusable(diffID: diffID, reason: "\(error)")
        }
        let found = DiffID(digester.finish())
        if found != diffID { throw .damaged(expected: diffID, found: found) }
    }

    /// Extracts a layer while its digest is verified.
    public func extract(
        _ diffID: DiffID,
        into target: ExtractionTarget,
        with extractor: LayerExtractor
    ) throws(CacheError) -> ExtractionReport {
        let before = status(diffID)
        let file: CacheFile
        do {
            file = try open(diffID)
        } catch {
            throw Self.miss(error, diffID)
        }
        let failure: ArchiveError
        do {
            let report = try extractor.extract(file, into: target, expecting: diffID.expectedDigests)
            verified.note(diffID, before: before, after: status(diffID))
            return report
        } catch {
            failure = error
        }
        // If the file was altered, that is the error to report, rather than what the tar reader made of it.
        try read(diffID)
        throw .unusable(diffID: diffID, reason: "\(failure)")
    }

    private func open(_ diffID: DiffID) throws(POSIXError) -> CacheFile {
        try CacheFile(reading: committedPath(diffID))
    }

    private func status(_ diffID: DiffID) -> FileStatus? { try? FileSystem.status(committedPath(diffID)) }

    func committedPath(_ diffID: DiffID) -> String { Path.join(committedDir, "\(diffID).tar") }

    private static func miss(_ error: POSIXError, _ diffID: DiffID) -> CacheError {
        switch error.errno {
        case .noSuchFile: .missing(diffID: diffID)
        case .permissionDenied, .notPermitted: .denied(diffID: diffID)
        default: .unusable(diffID: diffID, reason: "\(error)")
        }
    }

    /// Begins a new version, with a lock that other builds respect.
    public func beginUpdate() throws(CacheError) -> any CacheUpdate { try beginVolumeUpdate() }

    /// Begins a new version, as the concrete type that a launch cache needs.
    func beginVolumeUpdate() throws(CacheError) -> VolumeCacheUpdate {
        guard !isReadOnly else { throw .failed("cache \(name) is only read") }
        do {
            guard let lock = try waitForLock() else { throw CacheError.busy(name: name) }
            try resetStaging(holding: lock)
            return VolumeCacheUpdate(self, holding: lock)
        } catch let error as CacheError {
            throw error
        } catch {
            throw .failed("initializing staging directory '\(stagingDir)': \(error)")
        }
    }

    /// Takes the lock as soon as no other build has it; `nil` when that takes too long.
    private func waitForLock() throws(POSIXError) -> FileLock? {
        let deadline = Clock.monotonicNanoseconds + Int64(patience) * 1_000_000
        while true {
            if let lock = try FileLock.ifAvailable(name) { return lock }
            guard Clock.monotonicNanoseconds < deadline else { return nil }
            Clock.sleep(milliseconds: 20)
        }
    }

    /// Puts what is staged in place of what is committed.
    func replaceCommitted(holding lock: borrowing FileLock) throws(CacheError) {
        try CacheError.wrapping("backing up cache") { try FileSystem.rename(committedDir, to: backupDir) }
        do {
            try FileSystem.rename(stagingDir, to: committedDir)
        } catch {
            try CacheError.wrapping("rolling back cache") { try FileSystem.rename(backupDir, to: committedDir) }
            throw .failed("committing cache: \(error)")
        }
        try? FileSystem.removeTree(backupDir)
    }
}

extension DiffID {
    /// The digests that a stream of the layer's tar, compressed or not, must have.
    public var expectedDigests: ExpectedDigests {
        .diffID(digest)
    }
}
