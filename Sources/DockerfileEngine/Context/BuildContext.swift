import POSIX

/// The directory that `COPY` and `ADD` copy from.
struct BuildContext {
    /// The directory.
    let root: String
    private let ignored: IgnoreFile
    /// What `--exclude` leaves out as well.
    private var excluded: [PathPattern] = []

    /// Prepares a context.
    ///
    /// - Parameter root: The directory; need not exist as long as nothing is copied.
    /// - Throws: When its `.dockerignore` can't be read.
    init(root: String) throws(InstructionFailure) {
        self.root = root
        ignored = try IgnoreFile(context: root)
    }

    /// The context without what patterns match.
    func excluding(_ patterns: [String]) throws(InstructionFailure) -> BuildContext {
        var context = self
        for text in patterns {
            guard let pattern = PathPattern(text) else { throw InstructionFailure("malformed pattern '\(text)'") }
            context.excluded.append(pattern)
        }
        return context
    }

    /// Finds what an argument means.
    ///
    /// - Parameter argument: A path or pattern; the context is its root.
    /// - Returns: The sources, sorted; at least one.
    /// - Throws: When there is none, or it is outside of the context.
    func sources(_ argument: String) throws(InstructionFailure) -> [CopySource] {
        let path = Path.clean(String(argument.drop { $0 == "/" }))
        guard path != "..", !path.hasPrefix("../") else {
            throw InstructionFailure("'\(argument)' is outside of the build context \(root)")
        }
        guard PathPattern.isPattern(path) else { return [try source(path, argument)] }
        guard let pattern = PathPattern(path) else { throw InstructionFailure("malformed pattern '\(argument)'") }
        let matches = try expand(path, pattern)
        guard !matches.isEmpty else {
            throw InstructionFailure("nothing in the build context \(root) matches '\(argument)'")
        }
        var sources: [CopySource] = []
        for match in matches { sources.append(try source(match, argument)) }
        return sources
    }

    /// All paths that match a pattern, and are not left out.
    private func expand(_ text: String, _ pattern: PathPattern) throws(InstructionFailure) -> [String] {
        let depth = text.contains("**") ? Int.max : text.split(separator: "/").count
        var matches: [String] = []
        var waiting = [""]
        while let directory = waiting.popLast() {
            let level = directory.split(separator: "/").count + 1
            for entry in try list(directory) {
                let path = Path.join(directory, entry.name)
                if pattern.matches(path), !excludes(path) { matches.append(path) }
                if entry.type == .directory, level < depth { waiting.append(path) }
            }
        }
        return matches.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func excludes(_ path: String) -> Bool {
        ignored.excludes(path) || excluded.contains { $0.matchesAtOrAbove(path) }
    }

    // MARK: - One source

    private func source(_ path: String, _ argument: String) throws(InstructionFailure) -> CopySource {
        let real: String
        let realRoot: String
        do {
            realRoot = try FileSystem.realPath(root)
            real = try FileSystem.realPath(Path.join(root, path))
        } catch {
            guard error.errno == .noSuchFile || error.errno == .notDirectory else {
                throw InstructionFailure(error.description)
            }
            throw InstructionFailure("there is no '\(argument)' in the build context \(root)")
        }
        guard Path.isBelow(real, realRoot) else {
            throw InstructionFailure("'\(argument)' leads out of the build context \(root), to \(real)")
        }
        let name = Path.base(path)
        let status = try status(real)
        guard status.isDirectory || !excludes(path) else {
            throw InstructionFailure(
                "there is no '\(argument)' in the build context \(root): .dockerignore leaves it out"
            )
        }
        var source = CopySource(name: name, path: path, nodes: [])
        try add(real, path: path, below: "", status, to: &source.nodes)
        return source
    }

    /// Adds a file, or a directory with all that is in it.
    ///
    /// - Parameters:
    ///   - real: Where it is on disk.
    ///   - path: Its path in the context, by which files are left out.
    ///   - relative: Its path below the source.
    ///   - status: What it is.
    ///   - nodes: Takes what there is.
    /// - Throws: When the system refuses, or something can't be copied.
    private func add(
        _ real: String,
        path: String,
        below relative: String,
        _ status: FileStatus,
        to nodes: inout [CopySource.Node]
    ) throws(InstructionFailure) {
        func node(_ content: CopySource.Node.Content) -> CopySource.Node {
            CopySource.Node(path: relative, content: content, mode: status.mode, time: status.mtime)
        }
        switch status.type {
        case .regular: nodes.append(node(.file(path: real)))
        case .symlink: nodes.append(node(.link(target: try linkTarget(real))))
        case .socket: return
        case .directory:
            let place = nodes.count
            nodes.append(node(.directory))
            for entry in try list(real, isAbsolute: true) {
                let inner = path == "." ? entry.name : Path.join(path, entry.name)
                let entryPath = Path.join(real, entry.name)
                guard entry.type == .directory || !excludes(inner) else { continue }
                try add(
                    entryPath,
                    path: inner,
                    below: Path.join(relative, entry.name),
                    try self.status(entryPath),
                    to: &nodes
                )
            }
            // A directory that is left out is there for what an exception brings back.
            if !relative.isEmpty, nodes.count == place + 1, excludes(path) { nodes.removeLast() }
        default:
            throw InstructionFailure("'\(path)' is \(status.type.phrase), which can't be copied")
        }
    }

    private func list(_ path: String, isAbsolute: Bool = false) throws(InstructionFailure) -> [DirectoryEntry] {
        do {
            return try FileSystem.list(isAbsolute ? path : Path.join(root, path))
        } catch {
            throw InstructionFailure(error.description)
        }
    }

    private func status(_ path: String) throws(InstructionFailure) -> FileStatus {
        do {
            return try FileSystem.linkStatus(path)
        } catch {
            throw InstructionFailure(error.description)
        }
    }

    private func linkTarget(_ path: String) throws(InstructionFailure) -> PathBytes {
        do {
            return PathBytes(try FileSystem.readLink(path))
        } catch {
            throw InstructionFailure(error.description)
        }
    }
}
