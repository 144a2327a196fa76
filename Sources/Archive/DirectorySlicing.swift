import POSIX

/// Deals the entries of an index out to slices, one after the other.
struct DirectorySlicing {
    private let index: DirectoryIndex
    /// For each directory's emitting record, the one that descends into it.
    private let descenders: [Int: Int]
    /// Which entries an earlier slice has, by the records that emit them.
    private var taken: [Bool]

    init(_ index: DirectoryIndex) {
        self.index = index
        taken = Array(repeating: false, count: index.names.count)
        descenders = Dictionary(
            index.children.keys.map { (Int(index.emitters[$0]), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Takes what the patterns match and nobody has, with all that is below, and adds what leads there.
    mutating func take(matching patterns: [String]) throws(ArchiveError) -> DirectorySelection {
        var globs: [GlobPattern] = []
        for pattern in patterns {
            guard let glob = GlobPattern(Path.clean(pattern)) else { throw .malformedPattern(pattern) }
            globs.append(glob)
        }
        var chosen = [Bool](repeating: false, count: index.names.count)
        for match in matches(of: globs) { take(match, into: &chosen) }

        let matched = chosen
        addParents(to: &chosen)
        // A directory whose entries are all taken is taken itself, and so missing from the last slice.
        for (descender, range) in index.children.sorted(by: { $0.key > $1.key }) where chosen[descender] {
            let emitter = Int(index.emitters[descender])
            guard emitter >= 0, !matched[emitter] else { continue }
            taken[emitter] = range.allSatisfy { index.names[$0].action == .descend || taken[$0] }
        }
        return DirectorySelection(index, chosen: chosen)
    }

    /// Takes what nobody has.
    mutating func takeRest() -> DirectorySelection {
        var chosen = [Bool](repeating: false, count: index.names.count)
        for record in chosen.indices where index.names[record].action == .emit && !taken[record] {
            chosen[record] = true
            taken[record] = true
        }
        addParents(to: &chosen)
        return DirectorySelection(index, chosen: chosen)
    }

    /// The records of entries below the root whose relative paths match.
    private func matches(of globs: [GlobPattern]) -> [Int] {
        var prefixes: [Int: String] = [:]
        if let descender = index.root.last { prefixes[descender] = "" }
        var result: [Int] = []
        for record in index.root.upperBound..<index.names.count {
            guard let prefix = prefixes[Int(index.parents[record])] else { continue }
            let path = prefix + String(decoding: index.names.name(index.names[record]), as: UTF8.self)
            if index.names[record].action == .descend {
                prefixes[record] = path + "/"
            } else if globs.contains(where: { $0.matches(path) }) {
                result.append(record)
            }
        }
        return result
    }

    private mutating func take(_ record: Int, into chosen: inout [Bool]) {
        var waiting = [record]
        while let next = waiting.popLast() {
            guard !taken[next] else { continue }
            taken[next] = true
            chosen[next] = true
            guard let below = descenders[next] else { continue }
            waiting += (index.children[below] ?? 0..<0).filter { index.names[$0].action == .emit }
        }
    }

    /// Adds the directories that lead to the chosen entries, and the records that descend into them.
    private func addParents(to chosen: inout [Bool]) {
        for record in chosen.indices.reversed() where chosen[record] {
            let parent = Int(index.parents[record])
            guard parent >= 0 else { continue }
            chosen[parent] = true
            let emitter = Int(index.emitters[parent])
            if emitter >= 0 { chosen[emitter] = true }
        }
    }
}
