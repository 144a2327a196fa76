import POSIX
import Sandbox

/// A file system in memory that only this process and its children see, and that ends with them.
///
/// Making and removing the trees of hundreds of cases takes a disk's file system longer than running them.
enum PrivateMemory {
    /// A directory that nearly all machines have, and that neither this program nor its cases use.
    private static let place = "/dev/shm"
    /// No case should write more, and no broken lifecycle may.
    private static let megabytes = 4096

    /// Makes the file system; to be called before there are threads.
    /// - Parameter options: What the command line says.
    /// - Returns: Its directory; nil where that is impossible, or where something is to be left behind.
    static func open(_ options: RunOptions) -> String? {
        let needed = [options.lifecycle, options.launcher, options.fixtures].compactMap { $0 }
        let isNeeded = needed.contains { path in
            (try? FileSystem.realPath(path)).map { Path.isBelow($0, place) } ?? false
        }
        guard !options.keeps, !isNeeded, FileSystem.isDirectory(place) else { return nil }
        do {
            if Users.isRoot {
                try Namespaces.enter(.mounts)
            } else {
                let caller = Owner(uid: Users.effectiveUserID, gid: Users.effectiveGroupID)
                try Namespaces.enter([.users, .mounts])
                try Namespaces.map(caller, to: caller)
            }
            try Namespaces.makeMountsPrivate()
            try MountTable.mountMemory(at: place, megabytes: megabytes)
            return place
        } catch {
            return nil
        }
    }
}
