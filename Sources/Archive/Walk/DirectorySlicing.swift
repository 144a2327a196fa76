import POSIX

/// Deals the entries of an index out to slices, one after the other.
struct DirectorySlicing {
    private let index: DirectoryIndex
    /// What comes before the relative paths, with a slash at its end.
    private let root: String
    /// Which entries an earlier slice has, by the records that emit them.
    private var taken: RecordSet

    init(_ index: DirectoryIndex, of directory: String) {
        self.index = index
        root = directory.hasSuffix("/") ? directory : directory + "/"
        taken = RecordSet(count: index.records.count)
    }

    /// Takes what the patterns match and no earlier slice has, with all that is below, and adds the directories that
    /// lead there.
    mutating func take(matching patterns: [String]) throws(ArchiveError) -> DirectorySelection {
        var relative: [GlobPattern] = []
        var absolute: [GlobPattern] = []
        for pattern in patterns {
            guard let glob = GlobPattern(Path.clean(pattern)) else { throw .malformedPattern(pattern) }
            if Path.isAbsolute(pattern) { absolute.append(glob) } else { relative.append(glob) }
        }
        var chosen = RecordSet(count: index.records.count)
        takeMatches(relative: relative, absolute: absolute, into: &chosen)

        let matched = chosen
        addParents(to: &chosen)
        // A directory whose entries are all taken is taken itself, and so missing from the last slice.
        for directory in index.directories.reversed() where chosen[directory.descender] && !matched[directory.emitter] {
            taken[directory.emitter] = directory.records.allSatisfy {
                index.records[$0].action == .descend || taken[$0]
            }
        }
        return DirectorySelection(index, chosen: chosen)
    }

    /// Takes what no slice has.
    mutating func takeRest() -> DirectorySelection {
        var chosen = RecordSet(count: index.records.count)
        for record in index.records.indices where index.records[record].action == .emit && !taken[record] {
            chosen[record] = true
            taken[record] = true
        }
        addParents(to: &chosen)
        return DirectorySelection(index, chosen: chosen)
    }

    /// Takes the entries below the root whose relative or absolute paths match.
    private mutating func takeMatches(
        relative: [GlobPattern],
        absolute: [GlobPattern],
        into chosen: inout RecordSet
    ) {
        guard !relative.isEmpty || !absolute.isEmpty else { return }
        for (number, directory) in index.directories.enumerated() {
            let prefix = relativePath(of: number)
            for record in directory.records where index.records[record].action == .emit {
                let path = prefix + String(decoding: index.entry(record).name, as: UTF8.self)
                let isMatch =
                    relative.contains { $0.matches(path) } || absolute.contains { $0.matches(root + path) }
                if isMatch { take(record, into: &chosen) }
            }
        }
    }

    /// The path of a directory below the root, with a slash at its end; empty for the root.
    private func relativePath(of number: Int) -> String {
        var path = ""
        var next = number
        while let parent = index.directories[next].parent {
            let name = index.entry(index.directories[next].emitter).name
            path = "\(String(decoding: name, as: UTF8.self))/\(path)"
            next = parent
        }
        return path
    }

    private mutating func take(_ record: Int, into chosen: inout RecordSet) {
        var waiting = [record]
        while let next = waiting.popLast() {
            guard !taken[next] else { continue }
            taken[next] = true
            chosen[next] = true
            guard let directory = index.directory(writtenBy: next) else { continue }
            waiting += index.directories[directory].records.filter { index.records[$0].action == .emit }
        }
    }

    /// Adds the directories that lead to the chosen entries, and the records that descend into them.
    private func addParents(to chosen: inout RecordSet) {
        // Directories come behind the one that they are in, so this goes from the leaves to the root.
        for directory in index.directories.reversed() where directory.records.contains(where: { chosen[$0] }) {
            chosen[directory.descender] = true
            chosen[directory.emitter] = true
        }
    }
}
