/// A layer's directory, with what is directly in it where that is known.
public struct LayerDirectory: Sendable {
    /// The directory, an absolute path.
    public let path: RawPath
    /// What is in it; nil if that was not looked at, or if there is too much.
    private let entries: [DirectoryEntry]?

    /// A layer of which nothing is known but its path: everything will be looked for.
    ///
    /// - Parameter path: The directory, an absolute path.
    public init(_ path: RawPath) {
        self.path = path
        entries = nil
    }

    /// A layer whose few directories of meaning are listed at once, which is cheaper than to look for each of them.
    ///
    /// - Parameter path: The directory, an absolute path.
    public init(listing path: RawPath) {
        self.path = path
        entries = FileReading.fewEntries(of: path)
    }

    /// Whether there may be something of a name.
    ///
    /// - Parameter name: A name.
    /// - Returns: Not if it is known that there is nothing.
    public func mayHold(_ name: String) -> Bool {
        entries?.contains { $0.name.elementsEqual(name.utf8) } ?? true
    }

    /// Whether there is something of a name, symbolic links followed.
    ///
    /// - Parameter name: A name.
    /// - Returns: Whether there is.
    /// - Throws: What looking failed with.
    public func holds(_ name: String) throws(SystemError) -> Bool {
        if let entries {
            guard let entry = entries.first(where: { $0.name.elementsEqual(name.utf8) }) else { return false }
            if entry.kind != .symbolicLink { return true }
        }
        return try FileReading.exists(path.appending(name))
    }
}
