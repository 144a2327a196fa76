import POSIX

/// Goes through a root with all processors, and compares it with what it was.
struct TreeSurveyor: Sendable {
    /// What a survey finds.
    struct Findings: Sendable {
        var tree: SurveyedDirectory
        var changes: [TreeChange] = []
        /// The latest change time of anything.
        var newestChange: FileTime
    }

    /// A directory to be read.
    private struct Task: Sendable {
        var path: PathBytes
        /// Takes what is found.
        var directory: SurveyedDirectory
        /// What was there before; nil for a directory that is new.
        var before: SurveyedDirectory?
    }

    private struct State: Sendable {
        var tasks: [Task]
        /// How many tasks are waiting or being worked on.
        var pending: Int
        var findings: Findings
        var failure: POSIXError?

        var isOver: Bool { pending == 0 || failure != nil }
    }

    let root: String
    let exclusions: TreeExclusions

    /// Reads everything.
    ///
    /// - Parameter before: What was there before; nil reports no changes.
    /// - Returns: What is there now, and what has changed.
    /// - Throws: When a directory can't be read.
    func survey(since before: SurveyedDirectory?) throws(POSIXError) -> Findings {
        let status = try FileSystem.linkStatus(root)
        let tree = SurveyedDirectory(status: status)
        var findings = Findings(tree: tree, newestChange: status.ctime)
        if let before, !status.hasSameAttributes(as: before.status) {
            findings.changes.append(TreeChange(path: "", kind: .present(status)))
        }
        let first = Task(path: "", directory: tree, before: before)
        let state = Condition(State(tasks: [first], pending: 1, findings: findings))
        let reportsChanges = before != nil
        Threads.parallel(count: Threads.processorCount) { _ in work(state, reportsChanges) }
        let end = state.update { $0 }
        if let failure = end.failure { throw failure }
        return end.findings
    }

    /// Works on tasks until there are none.
    private func work(_ state: Condition<State>, _ reportsChanges: Bool) {
        var changes: [TreeChange] = []
        var newest = FileTime(seconds: .min)
        while true {
            let task: Task? = state.wait(until: { $0.isOver || !$0.tasks.isEmpty }) {
                $0.isOver ? nil : $0.tasks.popLast()
            }
            guard let task else { break }
            do throws(POSIXError) {
                let tasks = try read(task, reportsChanges, &changes, &newest)
                state.update { state in
                    state.tasks += tasks
                    state.pending += tasks.count - 1
                }
            } catch {
                state.update { $0.failure = error }
            }
        }
        state.update { [changes, newest] state in
            state.findings.changes += changes
            state.findings.newestChange = max(state.findings.newestChange, newest)
        }
    }

    // MARK: - A directory

    /// Reads a directory and compares it.
    ///
    /// - Returns: The directories in it.
    private func read(
        _ task: Task,
        _ reportsChanges: Bool,
        _ changes: inout [TreeChange],
        _ newest: inout FileTime
    ) throws(POSIXError) -> [Task] {
        let path = task.path.isEmpty ? PathBytes(root) : PathBytes(root).appending(task.path)
        let opened: Directory
        do {
            opened = try Directory(opening: path)
        } catch {
            // A process may have been left behind that removes things.
            guard error.errno == .noSuchFile else { throw error }
            return []
        }
        try fill(task, from: opened)
        for status in task.directory.statuses where status.ctime > newest { newest = status.ctime }
        let comparison = DirectoryComparison(
            path: task.path,
            before: task.before,
            now: task.directory,
            exclusions: exclusions
        )
        if reportsChanges { comparison.report(to: &changes) }
        return comparison.directories.map { Task(path: $0.path, directory: $0.now, before: $0.before) }
    }

    /// Takes names and statuses down.
    private func fill(_ task: Task, from opened: borrowing Directory) throws(POSIXError) {
        let directory = task.directory
        let excluded = exclusions.excludedNames(in: task.path)
        if let before = task.before, directory.status.isSameDirectory(as: before.status),
            directory.status.ino == before.status.ino
        {
            directory.names = before.names
        } else {
            directory.names = try opened.entries().map(\.rawName)
        }
        if let excluded { directory.names.removeAll { excluded.contains($0) } }
        directory.statuses.reserveCapacity(directory.names.count)
        var missing: Set<PathBytes> = []
        for name in directory.names {
            do {
                directory.statuses.append(try Self.status(name, in: opened.descriptor))
            } catch {
                guard error == .noSuchFile else {
                    throw POSIXError(error, "lstat", task.path.appending(name).string)
                }
                missing.insert(name)
            }
        }
        if !missing.isEmpty { directory.names.removeAll { missing.contains($0) } }
        for (index, status) in directory.statuses.enumerated() where status.isDirectory {
            directory.directories[index] = SurveyedDirectory(status: status)
        }
    }

    private static func status(_ name: PathBytes, in directory: FileDescriptor) throws(Errno) -> FileStatus {
        try name.withCString { pointer in
            Result { () throws(Errno) in try directory.status(pointer) }
        }.get()
    }
}

extension FileStatus {
    /// Whether owner and permissions are the same; the root's times change with every entry in it.
    fileprivate func hasSameAttributes(as other: FileStatus) -> Bool {
        mode == other.mode && uid == other.uid && gid == other.gid
    }
}
