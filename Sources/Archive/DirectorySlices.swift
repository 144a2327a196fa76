/// One share of a directory that was divided into slices.
public struct DirectorySlice: Sendable {
    /// The directory that was divided.
    public let directory: String
    /// Whether no file belongs to the slice; its layer then has no entries at all.
    public let isEmpty: Bool
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
        []
    }
}
