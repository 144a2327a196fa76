import POSIX

/// What is found at a path that a user names instead of an image.
enum PathContent {
    case layout
    case layoutArchive
    case dockerArchive
    case root

    /// What only the root of a file tree has directly in it; one of them is enough.
    private static let rootDirectories = ["cnb", "etc", "usr", "bin"]

    /// Looks at a path.
    ///
    /// - Parameter path: An absolute path.
    /// - Throws: `LibraryError.notAnImage` where nothing is there, or something else.
    init(at path: String) throws(LibraryError) {
        let status = try? FileSystem.status(path)
        guard let status else { throw .notAnImage(path: path, reason: "nothing is there") }
        if status.isDirectory {
            self = try Self.directory(path)
        } else if status.isRegular {
            self = try Self.file(path)
        } else {
            throw .notAnImage(path: path, reason: "expected a directory or an archive")
        }
    }

    private static func directory(_ path: String) throws(LibraryError) -> PathContent {
        let isLayout = ["oci-layout", "blobs"].contains { FileSystem.exists(Path.join(path, $0)) }
        if isLayout, FileSystem.isRegularFile(Path.join(path, "index.json")) { return .layout }
        if rootDirectories.contains(where: { FileSystem.isDirectory(Path.join(path, $0)) }) { return .root }
        throw .notAnImage(
            path: path,
            reason: "expected an OCI layout (index.json and blobs) or the root of a file tree (one of "
                + rootDirectories.map { "/\($0)" }.joined(separator: ", ") + ")"
        )
    }

    private static func file(_ path: String) throws(LibraryError) -> PathContent {
        let archive = try ArchiveFile(path: path, temporaryDirectory: nil, isOnlyLookedAt: true)
        if archive.range(of: "index.json") != nil { return .layoutArchive }
        if archive.range(of: "manifest.json") != nil { return .dockerArchive }
        throw .notAnImage(
            path: path,
            reason: "expected an archive with index.json (OCI layout) or manifest.json (docker save)"
        )
    }

    func location(_ path: String) -> ImageLocation {
        switch self {
        case .layout: .layout(directory: path, tag: nil)
        case .layoutArchive: .layoutArchive(path: path, tag: nil)
        case .dockerArchive: .dockerArchive(path: path)
        case .root: .root(directory: path)
        }
    }
}
