import POSIX
import Sandbox
import Synchronization

/// The files of one running build; they go away with it, unless they are to be kept.
///
/// Whatever a build's programs see at `/layers`, `/workspace` and the like is below ``root`` at the same path, so that
/// ways of isolation without mounts work as well.
final class BuildDirectory: Sendable {
    /// The build's own directory.
    let path: String
    /// Stands for `/` of the build's volumes.
    var root: String { Path.join(path, "root") }
    /// What tells others that the build is running.
    private let lock: Mutex<FileLock?>

    /// Makes a directory for a build, and clears away those of builds that were killed.
    ///
    /// - Parameter home: Where builds are.
    /// - Throws: `BuildError` when the cache directory can't be written to.
    init(in home: SlipwayHome) throws(BuildError) {
        Self.removeAbandoned(in: home)
        let path = Path.join(home.buildsDir, RandomBytes.hexadecimal(count: 8))
        self.path = path
        let lock = try system { () throws(POSIXError) in
            try FileSystem.makeDirectories(home.buildsDir, mode: 0o755)
            Interruption.addTemporary(path)
            let lock = try Self.make(path)
            try FileSystem.makeDirectory(Path.join(path, "root"), mode: 0o755)
            return lock
        }
        self.lock = Mutex(lock)
    }

    /// Makes and locks a directory.
    ///
    /// Until it is locked, another process may take it for one that was left behind, and remove it; it is made again then.
    private static func make(_ path: String) throws(POSIXError) -> FileLock {
        while true {
            try FileSystem.makeDirectory(path, mode: 0o755)
            do throws(POSIXError) {
                let lock = try FileLock(path)
                if FileSystem.isDirectory(path) { return lock }
            } catch  where error.errno == .noSuchFile {
                continue
            }
        }
    }

    /// Removes the directory with all that is in it.
    func remove() { Leftovers.remove(path) }

    /// Removes the directories of builds that have ended without doing so themselves.
    static func removeAbandoned(in home: SlipwayHome) {
        for entry in (try? FileSystem.list(home.buildsDir)) ?? [] {
            let path = Path.join(home.buildsDir, entry.name)
            guard !FileSystem.exists(Path.join(path, keptMark)), let lock = try? FileLock.ifAvailable(path) else {
                continue
            }
            Leftovers.remove(path)
            _ = consume lock
        }
    }

    /// Keeps the directory when the build has ended.
    func keep() { try? FileSystem.writeFile(Path.join(path, Self.keptMark), "") }

    /// The file that says of a directory that it is to stay.
    private static let keptMark = "kept"

    /// The path on this machine of what the build sees at a path.
    func place(_ target: String) -> String { Path.join(root, target) }

    /// Makes a directory that the build sees.
    ///
    /// - Parameters:
    ///   - target: The path in the build.
    ///   - owner: Who gets it, where this process may give files away.
    /// - Throws: When the system refuses.
    func makeDirectory(_ target: String, for owner: Owner? = nil) throws(POSIXError) {
        try FileSystem.makeDirectories(place(target), mode: 0o755)
        try give(target, to: owner)
    }

    /// Writes a file that the build sees.
    func write(_ text: String, to target: String, for owner: Owner? = nil) throws(POSIXError) {
        try FileSystem.makeDirectories(Path.directory(place(target)), mode: 0o755)
        try FileSystem.writeFile(place(target), text)
        try give(target, to: owner)
    }

    private func give(_ target: String, to owner: Owner?) throws(POSIXError) {
        guard let owner, Users.isRoot else { return }
        try FileSystem.lchown(place(target), uid: owner.uid, gid: owner.gid)
    }
}
