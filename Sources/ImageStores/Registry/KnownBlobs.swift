import Archive
import OCI
import POSIX
import Synchronization

/// What the repositories of one registry are known to hold, from the manifests that were read from them.
///
/// A registry that serves a manifest holds its blobs, so nobody has to ask for each. Should it have lost one all the
/// same, it refuses the next manifest that names it, and then they are asked for.
final class KnownBlobs: Sendable {
    private let blobs = Mutex<[String: Set<Digest>]>([:])
    private let answersToMounts = Mutex(true)

    /// Notes what an image of a repository consists of.
    func add(_ manifest: ImageManifest, in repository: String) {
        let digests = manifest.layers.lazy.filter(\.mediaType.isDistributable).map(\.digest)
        blobs.withLock { $0[repository, default: []].formUnion(digests + [manifest.config.digest]) }
    }

    /// Whether a repository has a blob as far as is known.
    func contains(_ digest: Digest, in repository: String) -> Bool {
        blobs.withLock { $0[repository]?.contains(digest) ?? false }
    }

    /// Notes that a repository has an image of which nothing else is known.
    func addImage(in repository: String) { blobs.withLock { $0[repository] = $0[repository] ?? [] } }

    /// Whether a repository is known to have an image.
    func hasImage(in repository: String) -> Bool { blobs.withLock { $0[repository] != nil } }

    /// Forgets everything, since it has turned out to be wrong.
    func forget() { blobs.withLock { $0 = [:] } }

    /// Whether an upload may begin with the wish to mount the blob from its own repository.
    ///
    /// The registry answers that it is there, or that it has to be sent, which saves the look-up before. A few don't
    /// understand that.
    var mayBeMounted: Bool { answersToMounts.withLock { $0 } }

    /// Notes that the registry refuses uploads that begin so.
    func refuseMounts() { answersToMounts.withLock { $0 = false } }
}
