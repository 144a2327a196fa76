import OCI
import POSIX
import Synchronization

/// Layers of a cache directory whose files this process has read and found to be right.
///
/// The creator restores a layer and takes it over into the next cache a moment later. As long as inode, size and times
/// say that the file has not changed, it is not read a second time. Damage that leaves these alone, as by a failing
/// disk, is found by the next restore, which verifies every layer that it extracts; such a layer is not remembered
/// here, and so the cache is repaired.
final class VerifiedLayers: Sendable {
    /// What changes when a file is written to, or replaced.
    private struct Identity: Hashable {
        let device: UInt64
        let number: UInt64
        let size: Int64
        let mtime: FileTime
        let ctime: FileTime

        init(_ status: FileStatus) {
            device = status.dev
            number = status.ino
            size = status.size
            mtime = status.mtime
            ctime = status.ctime
        }
    }

    /// A file that was changed less long ago may change again without getting another time.
    private static let granularity: Int64 = 2

    private let known = Mutex<[DiffID: Identity]>([:])

    /// Remembers that a file was read from its beginning to its end and is right.
    ///
    /// - Parameters:
    ///   - diffID: The layer.
    ///   - before: What the file was before it was read.
    ///   - after: What it was afterwards.
    func note(_ diffID: DiffID, before: FileStatus?, after: FileStatus?) {
        guard let before, let after, before.isRegular, Identity(before) == Identity(after) else { return }
        guard after.ctime.seconds + Self.granularity < Clock.now.seconds else { return }
        known.withLock { $0[diffID] = Identity(after) }
    }

    /// Whether a file is the one that was found to be right.
    func contains(_ diffID: DiffID, _ status: FileStatus) -> Bool {
        known.withLock { $0[diffID] } == Identity(status)
    }
}
