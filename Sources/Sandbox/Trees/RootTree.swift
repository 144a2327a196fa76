public import POSIX

/// A file tree that is, or will be, the root of a sandbox, seen from outside: symbolic links lead to places within it.
public struct RootTree: Sendable {
    /// The directory that is `/` in the sandbox.
    public let root: String
    /// Whether files belong to whom they say; otherwise those of the calling user are the build user's.
    public let hasMachineUsers: Bool

    /// The largest file that is read.
    private static let largest: Int64 = 64 << 20

    /// Looks at a tree.
    /// - Parameters:
    ///   - root: The directory that is `/` in the sandbox, without a slash at its end.
    ///   - hasMachineUsers: Whether files belong to whom they say.
    public init(root: String, hasMachineUsers: Bool = true) {
        (self.root, self.hasMachineUsers) = (root, hasMachineUsers)
    }

    /// Where a path in the sandbox is on this machine; what is missing is appended as it is.
    /// - Parameters:
    ///   - path: An absolute path in the sandbox.
    ///   - followsLast: Whether a symbolic link at the path's end is followed.
    /// - Returns: A path of this machine without symbolic links below the root; nil for a circle of links.
    public func location(_ path: String, followsLast: Bool = true) -> String? {
        var pending = Array(Path.components(path).reversed())
        var done: [String] = []
        var links = 0
        while let name = pending.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = done.popLast()
                continue
            }
            let place = ([root] + done + [name]).joined(separator: "/")
            let isLast = pending.isEmpty
            guard !isLast || followsLast, let target = try? FileSystem.readLink(place) else {
                done.append(name)
                continue
            }
            links += 1
            guard links <= 40 else { return nil }
            if Path.isAbsolute(target) { done = [] }
            pending += Path.components(target).reversed()
        }
        return ([root] + done).joined(separator: "/")
    }

    /// What a path names.
    /// - Parameters:
    ///   - path: An absolute path in the sandbox.
    ///   - followsLast: Whether a symbolic link at the path's end is followed.
    /// - Returns: The status; nil if there is nothing.
    public func status(_ path: String, followsLast: Bool = false) -> FileStatus? {
        location(path, followsLast: followsLast).flatMap { try? FileSystem.linkStatus($0) }
    }

    /// The target of a symbolic link.
    /// - Parameter path: An absolute path in the sandbox.
    /// - Returns: What the link says; nil if the path names none.
    public func linkTarget(_ path: String) -> String? {
        location(path, followsLast: false).flatMap { try? FileSystem.readLink($0) }
    }

    /// The contents of a file; never waits, whatever the path leads to.
    /// - Parameter path: An absolute path in the sandbox.
    /// - Returns: All bytes of the file.
    /// - Throws: When there is no ordinary file, or it is too large.
    public func read(_ path: String) throws(RootTreeError) -> [UInt8] {
        guard let place = location(path), let status = try? FileSystem.linkStatus(place) else {
            throw .missing(path)
        }
        guard status.isRegular else { throw .noFile(path) }
        guard status.size <= Self.largest else { throw .tooLarge(path) }
        do {
            return try FileSystem.readFile(place)
        } catch {
            throw .system(error)
        }
    }

    /// The names in a directory.
    /// - Parameter path: An absolute path in the sandbox.
    /// - Returns: The names, in no order.
    /// - Throws: When there is no directory.
    public func list(_ path: String) throws(RootTreeError) -> [String] {
        guard let place = location(path) else { throw .missing(path) }
        do {
            return try FileSystem.list(place).map(\.name)
        } catch {
            throw error.errno == .noSuchFile ? .missing(path) : .system(error)
        }
    }
}

/// Why a file of a tree can't be read.
public enum RootTreeError: Error, Hashable, Sendable {
    /// The path names nothing.
    case missing(String)
    /// The path names something other than a file.
    case noFile(String)
    /// The file is larger than what is read.
    case tooLarge(String)
    /// The system refuses.
    case system(POSIXError)
}

extension RootTreeError: CustomStringConvertible {
    /// For instance `/layers/group.toml: there is nothing`.
    public var description: String {
        switch self {
        case .missing(let path): "\(path): there is nothing"
        case .noFile(let path): "\(path): no ordinary file"
        case .tooLarge(let path): "\(path): too large to be looked at"
        case .system(let error): error.description
        }
    }
}
