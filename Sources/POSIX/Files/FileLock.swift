import CPOSIX
import Glibc

/// A lock on a file or directory, which other processes respect that ask for it; given back when its owner goes away.
public struct FileLock: ~Copyable {
    private let file: OwnedDescriptor

    /// Takes a lock, waiting while somebody else has it.
    /// - Parameters:
    ///   - path: A directory, or a file, which is made if it is not there.
    ///   - isExclusive: Whether nobody else may have the lock, rather than only no exclusive holder.
    /// - Throws: When the file cannot be opened or locked.
    public init(_ path: String, exclusive isExclusive: Bool = true) throws(POSIXError) {
        let file = try OwnedDescriptor(opening: path, Self.options(for: path))
        let number = file.descriptor.rawValue
        try systemCall("flock", path) { flock(number, isExclusive ? LOCK_EX : LOCK_SH) }
        self.init(holding: file)
    }

    /// Takes an exclusive lock if nobody has it.
    /// - Parameter path: A directory, or a file, which is made if it is not there.
    /// - Returns: The lock, or nil if somebody else has it.
    /// - Throws: When the file cannot be opened or locked.
    public static func ifAvailable(_ path: String) throws(POSIXError) -> FileLock? {
        let file = try OwnedDescriptor(opening: path, Self.options(for: path))
        let number = file.descriptor.rawValue
        do {
            try systemCall("flock", path) { flock(number, LOCK_EX | LOCK_NB) }
        } catch {
            if error.errno == .tryAgain { return nil }
            throw error
        }
        return FileLock(holding: file)
    }

    /// A directory can only be opened for reading, which is enough to lock it.
    private static func options(for path: String) -> OpenOptions {
        FileSystem.isDirectory(path) ? [.read, .directory] : [.readWrite, .create]
    }

    private init(holding file: consuming OwnedDescriptor) {
        self.file = file
    }

    /// Gives the lock back at once: closing alone would not while a child that was just started still has a copy.
    deinit {
        _ = flock(file.descriptor.rawValue, LOCK_UN)
    }
}
