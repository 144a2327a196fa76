/// The user and group that entries of a layer get instead of what is on disk.
public struct EntryOwner: Hashable, Sendable {
    /// The superuser and their group.
    public static let root = EntryOwner(uid: 0, gid: 0)

    /// The numeric user id.
    public var uid: Int
    /// The numeric group id.
    public var gid: Int

    public init(uid: Int, gid: Int) {
        self.uid = uid
        self.gid = gid
    }
}

/// What makes up a layer: a list of sources whose entries follow each other in the tar stream.
public struct LayerContent: Sendable {
    /// The sources, in the order of their entries.
    public var sources: [LayerEntrySource]
    /// The directory that stands for `/` when sources are read; names in the layer never show it.
    public var diskRoot = ""
    /// Whether entries of trees get the modification times that they have on disk, instead of the normalised one.
    public var keepsTimes = false

    /// Makes content of a list of sources.
    ///
    /// - Parameter sources: in the order of their entries; none makes a layer without entries.
    public init(_ sources: [LayerEntrySource] = []) {
        self.sources = sources
    }

    /// A directory with all that is below it, after entries for its parents.
    ///
    /// - Parameters:
    ///   - path: an absolute, clean path; also the name that its entry gets.
    ///   - owner: of the directory and all below; the parents keep the owners that they have on disk.
    /// - Returns: the content of a layer for the directory.
    public static func directory(_ path: String, owner: EntryOwner) -> LayerContent {
        LayerContent([.parents(of: path), .tree(path, owner: owner)])
    }

    /// A program under another name, after entries for the directories that lead to it; all owned by root.
    ///
    /// - Parameters:
    ///   - source: the path of the file on disk.
    ///   - name: the absolute path that it gets in the layer, with mode 0755.
    ///   - directories: absolute paths of directories that get an entry with mode 0755, in order.
    /// - Returns: the content of a layer for the program.
    public static func program(at source: String, name: String, directories: [String]) -> LayerContent {
        let parents = directories.map { LayerEntrySource.directory($0, mode: 0o755, owner: .root) }
        return LayerContent(parents + [.file(name, from: source, mode: 0o755, owner: .root)])
    }

    /// Symbolic links that all point to one target, after entries for the directories that hold them; owned by root.
    ///
    /// - Parameters:
    ///   - names: the absolute paths of the links, in order; their mode is 0755 as the reference writes it.
    ///   - target: where they point to.
    ///   - directories: absolute paths of directories that get an entry with mode 0755, in order.
    /// - Returns: the content of a layer for the links.
    public static func links(_ names: [String], to target: String, directories: [String]) -> LayerContent {
        let parents = directories.map { LayerEntrySource.directory($0, mode: 0o755, owner: .root) }
        return LayerContent(
            parents + names.map { .symbolicLink($0, target: target, mode: 0o755, owner: .root) }
        )
    }

    /// The entries of an existing tar, plain or compressed, with their times and owner names normalised.
    ///
    /// - Parameter path: the tar on disk.
    /// - Returns: the content of a layer with these entries.
    public static func tar(at path: String) -> LayerContent {
        LayerContent([.tar(path)])
    }
}

/// One part of a layer's content.
public enum LayerEntrySource: Sendable {
    /// Entries for all parents of an absolute path but the root, with modes and owners as on disk.
    case parents(of: String)
    /// A directory and all that is below it, each directory's names sorted bytewise before the walk descends.
    case tree(String, owner: EntryOwner?)
    /// Chosen entries of a directory, in the bytewise order of their whole paths.
    case slice(DirectorySlice, owner: EntryOwner?)
    /// A directory that need not exist on disk.
    case directory(String, mode: UInt32, owner: EntryOwner)
    /// A regular file with the content of another one.
    case file(String, from: String, mode: UInt32, owner: EntryOwner)
    /// A regular file with content from memory.
    case bytes(String, [UInt8], mode: UInt32, owner: EntryOwner)
    /// A symbolic link that need not exist on disk.
    case symbolicLink(String, target: String, mode: UInt32, owner: EntryOwner)
    /// What has changed below a directory; names have no slash at their start.
    case changes(LayerChanges)
    /// The entries of an existing tar file, plain or compressed, with normalised times and no owner names.
    case tar(String)
}
