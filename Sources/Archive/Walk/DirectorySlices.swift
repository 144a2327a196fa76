import POSIX

/// One share of a directory that was divided into slices.
public struct DirectorySlice: Sendable {
    /// The directory that was divided.
    public let directory: String
    /// Whether no file belongs to the slice; its layer then has no entries at all.
    public let isEmpty: Bool

    /// Which entries the slice has, or nil if it is the whole directory, which then is read while it is archived.
    private let selection: DirectorySelection?

    /// The whole of a directory.
    init(whole directory: String) {
        self.directory = directory
        isEmpty = false
        selection = nil
    }

    init(of directory: String, selection: DirectorySelection) {
        self.directory = directory
        isEmpty = selection.isEmpty
        self.selection = selection
    }

    /// Writes the slice's entries in the order of their whole paths.
    func write(_ entries: EntryWriter, diskRoot: String, to output: inout TarStream) throws(ArchiveError) {
        if let selection {
            var walker = TreeWalker(root: directory, diskRoot: diskRoot, listing: selection, entries: entries)
            try walker.write(to: &output)
        } else {
            let listing = LiveListing(order: .wholePaths)
            var walker = TreeWalker(root: directory, diskRoot: diskRoot, listing: listing, entries: entries)
            try walker.write(to: &output)
        }
    }
}

extension LayerContent {
    /// Divides a directory into layers by patterns: one layer for each list, and one for all that is left.
    ///
    /// Patterns match paths relative to the directory, or whole paths if they are absolute, with the rules of Go's
    /// `filepath.Match`; the match of a directory takes all that is below it. A file belongs to the first slice that names it. The entries of a slice
    /// include the directories that lead to its files, and are sorted by their whole paths.
    ///
    /// - Parameters:
    ///   - directory: an absolute, clean path.
    ///   - patterns: one list of patterns a slice, in order; may be empty.
    ///   - owner: of all entries but the parents of the directory.
    ///   - diskRoot: the directory that stands for `/` on disk.
    /// - Returns: one more content than there are lists; some may be empty.
    /// - Throws: `ArchiveError.malformedPattern`, or an error of the file system.
    public static func slices(
        of directory: String,
        patterns: [[String]],
        owner: EntryOwner,
        diskRoot: String = ""
    ) throws(ArchiveError) -> [LayerContent] {
        guard !patterns.isEmpty else {
            _ = try system { () throws(POSIXError) in try FileSystem.linkStatus(diskRoot + directory) }
            return [content(of: DirectorySlice(whole: directory), owner, diskRoot)]
        }
        let index = try DirectoryIndex(reading: diskRoot + directory)
        var slicing = DirectorySlicing(index, of: directory)
        var selections: [DirectorySelection] = []
        for list in patterns { selections.append(try slicing.take(matching: list)) }
        selections.append(slicing.takeRest())
        return selections.map { content(of: DirectorySlice(of: directory, selection: $0), owner, diskRoot) }
    }

    private static func content(of slice: DirectorySlice, _ owner: EntryOwner, _ diskRoot: String) -> LayerContent {
        guard !slice.isEmpty else { return LayerContent() }
        var content = LayerContent([.parents(of: slice.directory), .slice(slice, owner: owner)])
        content.diskRoot = diskRoot
        return content
    }
}
