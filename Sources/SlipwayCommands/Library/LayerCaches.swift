import Builds
import POSIX
import Sandbox
import TOML

/// The layer caches on this machine, one for each image and builder.
struct LayerCaches {
    /// A cache, as lists show it.
    struct Entry: Hashable, Sendable {
        /// What it is called: a part of a digest of image and builder.
        var id: String
        /// The image, without its tag; empty where that is not known.
        var image: String
        /// The builder; empty where that is not known.
        var builder: String
        /// How many bytes its files have.
        var size: Int64
        /// When the last build began that used it.
        var usedAt: FileTime
    }

    /// Where the caches are.
    let home: SlipwayHome

    /// All caches, the one that was used last first.
    /// - Throws: When the directory is there and can't be read.
    func list() throws(CommandError) -> [Entry] {
        let names: [DirectoryEntry]
        do {
            names = try FileSystem.list(home.layerCachesDir)
        } catch {
            if error.errno == .noSuchFile { return [] }
            throw .failed("\(error)", help: nil, exitCode: 1)
        }
        return names.filter { !$0.name.hasPrefix(".") }.compactMap { entry(named: $0.name) }
            .sorted { ($1.usedAt, $0.id) < ($0.usedAt, $1.id) }
    }

    private func entry(named id: String) -> Entry? {
        let place = Path.join(home.layerCachesDir, id)
        guard let status = try? FileSystem.status(place), status.isDirectory else { return nil }
        let about = Path.join(place, "about.toml")
        let text = (try? FileSystem.readText(about, limit: 1 << 16)) ?? ""
        let table = (try? TOMLDocument.parse(text, file: about)) ?? TOMLTable()
        return Entry(
            id: id,
            image: table["image"]?.stringValue ?? "",
            builder: table["builder"]?.stringValue ?? "",
            size: Self.size(of: place),
            usedAt: ((try? FileSystem.status(about)) ?? status).mtime
        )
    }

    /// Removes a cache; builds find it as it was or not at all.
    /// - Throws: When the system refuses.
    func remove(_ entry: Entry) throws(CommandError) {
        try discard(Path.join(home.layerCachesDir, entry.id))
    }

    /// Removes what can be made or fetched again, and is no layer cache: downloads, and files of builds that were kept.
    /// - Returns: How many bytes that has freed.
    func removeRest() throws(CommandError) -> Int64 {
        var freed: Int64 = 0
        for directory in [Path.join(home.cacheDir, "downloads"), home.buildsDir] {
            for entry in (try? FileSystem.list(directory)) ?? [] {
                let path = Path.join(directory, entry.name)
                // A build that is running holds a lock on its directory.
                guard let lock = try? FileLock.ifAvailable(path) else { continue }
                freed += Self.size(of: path)
                try discard(path)
                _ = consume lock
            }
        }
        return freed
    }

    private func discard(_ path: String) throws(CommandError) {
        let trash = Path.join(Path.directory(path), ".\(RandomBytes.hexadecimal(count: 8)).removed")
        do {
            try FileSystem.rename(path, to: trash)
        } catch {
            throw .failed("\(error)", help: nil, exitCode: 1)
        }
        Leftovers.remove(trash)
    }

    /// How many bytes the files of a tree have, without following links.
    private static func size(of path: String) -> Int64 {
        guard let status = try? FileSystem.linkStatus(path) else { return 0 }
        guard status.isDirectory else { return status.size }
        return ((try? FileSystem.list(path)) ?? []).reduce(0) { $0 + size(of: Path.join(path, $1.name)) }
    }
}
