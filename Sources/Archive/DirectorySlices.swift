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
    func write(_ entries: EntryWriter, to output: inout TarStream) throws(ArchiveError) {
        if let selection {
            var walker = TreeWalker(root: directory, listing: selection, entries: entries)
            try walker.write(to: &output)
        } else {
            let listing = LiveListing(order: .wholePaths)
            var walker = TreeWalker(root: directory, listing: listing, entries: entries)
            try walker.write(to: &output)
        }
    }
}

extension LayerContent {
    /// Divides a directory into layers by patterns: one layer for each list, and one for all that is left.
    ///
    /// Patterns match paths relative to the directory, with the rules of Go's `filepath.Match`; the match of a
    /// directory takes all that is below it. A file belongs to the first slice that names it. The entries of a slice
    /// include the directories that lead to its files, and are sorted by their whole paths.
    ///
    /// - Parameters:
    ///   - directory: an absolute, clean path.
    ///   - patterns: one list of patterns a slice, in order; may be empty.
    ///   - owner: of all entries but the parents of the directory.
    /// - Returns: one more content than there are lists; some may be empty.
    /// - Throws: `ArchiveError.malformedPattern`, or an error of the file system.
    public static func slices(
        of directory: String,
        patterns: [[String]],
        owner: EntryOwner
    ) throws(ArchiveError) -> [LayerContent] {
        guard !patterns.isEmpty else {
            _ = try system { () throws(POSIXError) in try FileSystem.linkStatus(directory) }
            return [LayerContent([.parents(of: directory), .slice(DirectorySlice(whole: directory), owner: owner)])]
        }
        let index = try DirectoryIndex(reading: directory)
        var slicing = DirectorySlicing(index)
        var selections: [DirectorySelection] = []
        for list in patterns { selections.append(try slicing.take(matching: list)) }
        selections.append(slicing.takeRest())
        return selections.map { selection in
            let slice = DirectorySlice(of: directory, selection: selection)
            guard !slice.isEmpty else { return LayerContent() }
            return LayerContent([.parents(of: directory), .slice(slice, owner: owner)])
        }
    }
}
