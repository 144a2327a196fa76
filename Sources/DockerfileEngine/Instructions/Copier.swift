import POSIX

/// Copies sources into a root.
struct Copier {
    /// The directory that stands for `/`.
    let root: String
    /// What relative destinations are below.
    let workingDirectory: String
    let instruction: CopyInstruction
    private let owner: (uid: UInt32, gid: UInt32)

    init(root: String, workingDirectory: String, _ instruction: CopyInstruction) throws(InstructionFailure) {
        self.root = root
        self.workingDirectory = workingDirectory
        self.instruction = instruction
        owner =
            try instruction.owner.map { text throws(InstructionFailure) in try Accounts(root: root).owner(text) } ?? (
                0, 0
            )
    }

    /// Copies everything.
    ///
    /// - Throws: When several sources have no directory to go to, or the system refuses.
    func run() throws(InstructionFailure) {
        let text = instruction.destination
        let isDirectoryForm = text.hasSuffix("/") || text == "." || text.hasSuffix("/.")
        let destination = Path.isAbsolute(text) ? Path.clean(text) : Path.join(workingDirectory, text)
        guard instruction.sources.count == 1 || isDirectoryForm else {
            throw InstructionFailure("with several sources the destination has to be a directory, and end with a slash")
        }
        for source in instruction.sources {
            let archive = instruction.unpacks ? try LocalArchive(source) : nil
            do {
                if let archive {
                    try makeDirectories(destination)
                    try archive.unpack(to: onDisk(destination))
                } else {
                    try copy(source, to: target(of: source, destination, isDirectoryForm: isDirectoryForm))
                }
            } catch {
                throw InstructionFailure(error.description)
            }
        }
    }

    private func target(of source: CopySource, _ destination: String, isDirectoryForm: Bool) -> String {
        if instruction.keepsParents { return Path.join(destination, source.path) }
        let isBelow = isDirectoryForm || FileSystem.isDirectory(onDisk(destination))
        return source.isDirectory || !isBelow ? destination : Path.join(destination, source.name)
    }

    private func onDisk(_ path: String) -> String { Path.join(root, path) }

    private func copy(_ source: CopySource, to target: String) throws(POSIXError) {
        try makeDirectories(source.isDirectory ? target : Path.directory(target))
        // Directories get their times last, which would change with what is copied into them.
        var times: [(path: String, time: FileTime)] = []
        for node in source.nodes {
            let path = onDisk(node.path.isEmpty ? target : Path.join(target, node.path))
            switch node.content {
            case .directory:
                guard !node.path.isEmpty, !FileSystem.isDirectory(path) else { continue }
                try FileSystem.makeDirectory(path, mode: 0o755)
                try setAttributes(path, node, isDirectory: true)
                if let time = node.time { times.append((path, time)) }
            case .link(let target):
                try clear(path)
                try Directory(opening: Path.directory(path)).createSymlink(PathBytes(Path.base(path)), target: target)
                try FileSystem.lchown(path, uid: owner.uid, gid: owner.gid)
                if let time = node.time { try Self.setTime(path, time) }
            case .file(let file):
                try clear(path)
                try FileSystem.copyFile(file, to: path, mode: 0o600)
                try setAttributes(path, node, isDirectory: false)
                if let time = node.time { try Self.setTime(path, time) }
            case .bytes(let bytes):
                try clear(path)
                try FileSystem.writeFile(path, bytes)
                try setAttributes(path, node, isDirectory: false)
            }
        }
        for (path, time) in times.reversed() { try Self.setTime(path, time) }
    }

    private func setAttributes(_ path: String, _ node: CopySource.Node, isDirectory: Bool) throws(POSIXError) {
        try FileSystem.chown(path, uid: owner.uid, gid: owner.gid)
        let mode = instruction.permissions?.applied(to: node.mode, isDirectory: isDirectory) ?? node.mode
        try FileSystem.chmod(path, mode)
    }

    /// Makes room for a file.
    private func clear(_ path: String) throws(POSIXError) {
        do {
            try FileSystem.removeFile(path)
        } catch {
            switch error.errno {
            case .noSuchFile: return
            case .isDirectory, .notPermitted:
                throw POSIXError(error.errno, "copy to", path, explanation: "a file can't take a directory's place")
            default: throw error
            }
        }
    }

    /// Makes a directory and those that lead to it; new ones belong to the owner of the copies.
    private func makeDirectories(_ path: String) throws(POSIXError) {
        guard path != "/", path != "." else { return }
        let disk = onDisk(path)
        guard !FileSystem.isDirectory(disk) else { return }
        try makeDirectories(Path.directory(path))
        do {
            try FileSystem.makeDirectory(disk, mode: 0o755)
        } catch {
            guard error.errno == .fileExists else { throw error }
            throw POSIXError(.notDirectory, "copy to", path)
        }
        try FileSystem.chmod(disk, 0o755)
        try FileSystem.chown(disk, uid: owner.uid, gid: owner.gid)
    }

    static func setTime(_ path: String, _ time: FileTime) throws(POSIXError) {
        try Directory(opening: Path.directory(path)).setTime(PathBytes(Path.base(path)), time)
    }
}
