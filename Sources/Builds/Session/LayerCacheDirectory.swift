import Archive
import OCI
import POSIX
import Sandbox
import TOML

/// The directory that keeps the layers of an image's repository from build to build with one builder.
public struct LayerCacheDirectory: Sendable {
    /// The directory that the lifecycle gets.
    let path: String
    private let place: String

    /// Names the cache.
    ///
    /// - Parameters:
    ///   - home: Where caches are.
    ///   - reference: The image; its tags share a cache.
    ///   - builder: What the builder is called; its versions share a cache.
    init(in home: SlipwayHome, for reference: ImageReference, builder: String) {
        let key = Digest.of(Array("\(reference.context)\n\(builder)".utf8)).hex.prefix(16)
        place = Path.join(home.layerCachesDir, String(key))
        path = Path.join(place, "cache")
    }

    /// A cache in a directory that somebody names.
    init(at path: String) { (self.path, place) = (path, path) }

    /// Makes the directory, for the build's user.
    ///
    /// - Parameters:
    ///   - reference: The image, for lists of caches.
    ///   - builder: The builder, for lists of caches.
    ///   - owner: Who fills it.
    /// - Throws: When the system refuses.
    func make(for reference: ImageReference, builder: String, owner: Owner) throws(POSIXError) {
        try FileSystem.makeDirectories(path)
        if place != path {
            let about = TOMLWriter.write(["image": .string(reference.context), "builder": .string(builder)])
            try FileSystem.writeFileAtomically(Path.join(place, "about.toml"), Array(about.utf8))
        }
        guard Users.isRoot, try FileSystem.status(path).uid != owner.uid else { return }
        try FileSystem.changeOwnerOfTree(path, uid: owner.uid, gid: owner.gid)
    }

    /// Whether there is nothing in the cache.
    var isEmpty: Bool { ((try? FileSystem.list(path)) ?? []).isEmpty }

    /// Empties the cache.
    func clear() { Leftovers.remove(path) }

    /// Takes over what another cache has.
    func take(from other: LayerCacheDirectory) throws(POSIXError) {
        try FileSystem.copyTree(other.path, to: path)
    }
}
