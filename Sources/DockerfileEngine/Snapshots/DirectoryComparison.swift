import POSIX

/// A directory as it was and as it is.
struct DirectoryComparison {
    /// The directory's path from the root.
    let path: PathBytes
    /// What was there; nil for a new directory.
    let before: SurveyedDirectory?
    /// What is there.
    let now: SurveyedDirectory
    /// What is left out.
    let exclusions: TreeExclusions

    /// The directories that are there, each with what it was before, if it was one.
    var directories: [(path: PathBytes, now: SurveyedDirectory, before: SurveyedDirectory?)] {
        let places = before.map { before in
            Dictionary(before.directories.map { (before.names[$0.key], $0.value) }, uniquingKeysWith: { $1 })
        }
        return now.directories.map { index, directory in
            let name = now.names[index]
            let old = places?[name]
            let path = path.appending(name)
            return (path, directory, isReplaced(old?.status, by: directory.status, at: path) ? nil : old)
        }
    }

    /// Whether a directory is another one than before.
    ///
    /// The number alone doesn't tell: in overlays it may change when nothing else does.
    private func isReplaced(_ old: FileStatus?, by new: FileStatus, at path: PathBytes) -> Bool {
        guard let old, old.isDirectory, new.isDirectory, old.ino != new.ino else { return false }
        // What is left out below it would be hidden by an opaque directory.
        return !old.isSameDirectory(as: new) && !exclusions.reachesBelow(path)
    }

    /// Reports what has changed among the entries; what is in directories is reported by their own comparisons.
    func report(to changes: inout [TreeChange]) {
        let oldNames = before?.names ?? []
        let excluded = exclusions.excludedNames(in: path)
        var old = 0
        for (index, name) in now.names.enumerated() {
            while old < oldNames.count, oldNames[old] < name {
                reportRemoved(oldNames[old], old, excluded, to: &changes)
                old += 1
            }
            var previous: FileStatus?
            if old < oldNames.count, oldNames[old] == name {
                previous = before?.statuses[old]
                old += 1
            }
            guard excluded?.contains(name) != true else { continue }
            report(name, now.statuses[index], previous, to: &changes)
        }
        while old < oldNames.count {
            reportRemoved(oldNames[old], old, excluded, to: &changes)
            old += 1
        }
    }

    private func reportRemoved(
        _ name: PathBytes,
        _ index: Int,
        _ excluded: Set<PathBytes>?,
        to changes: inout [TreeChange]
    ) {
        guard before?.statuses[index].isStorable == true, excluded?.contains(name) != true else { return }
        changes.append(TreeChange(path: path.appending(name), kind: .removed))
    }

    private func report(
        _ name: PathBytes,
        _ status: FileStatus,
        _ previous: FileStatus?,
        to changes: inout [TreeChange]
    ) {
        guard status.isStorable else {
            if previous?.isStorable == true {
                changes.append(TreeChange(path: path.appending(name), kind: .removed))
            }
            return
        }
        if let previous, previous.type == status.type {
            let isSame = status.isDirectory ? status.isSameDirectory(as: previous) : status.isSameFile(as: previous)
            if isSame { return }
        }
        let path = path.appending(name)
        changes.append(TreeChange(path: path, kind: .present(status)))
        if isReplaced(previous, by: status, at: path) { changes.append(TreeChange(path: path, kind: .emptied)) }
    }
}
