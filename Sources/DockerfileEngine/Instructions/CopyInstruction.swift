import Archive
import Dockerfile
import POSIX

/// A `COPY` or `ADD`, with its sources found.
struct CopyInstruction {
    /// Where the copies go, as it stands there after expansion.
    var destination: String
    /// What is copied.
    var sources: [CopySource]
    /// `--chown`, if it is there.
    var owner: String?
    /// `--chmod`, if it is there.
    var permissions: FilePermissions?
    /// Whether sources keep their path in the context.
    var keepsParents: Bool
    /// Whether local archives are unpacked.
    var unpacks: Bool

    /// Reads an instruction and finds its sources.
    ///
    /// - Parameters:
    ///   - instruction: The instruction.
    ///   - words: Its arguments after expansion.
    ///   - heredocs: The contents of its here-documents after expansion.
    ///   - owner: The value of `--chown` after expansion.
    ///   - permissions: The value of `--chmod` after expansion.
    ///   - context: Where sources are.
    /// - Throws: When a source is missing or of a kind that isn't taken.
    init(
        _ instruction: DockerfileInstruction,
        words: [String],
        heredocs: [[UInt8]],
        owner: String?,
        permissions: String?,
        context: BuildContext
    ) throws(InstructionFailure) {
        if let stage = instruction.flag("from") {
            throw InstructionFailure("--from=\(stage): there are no other stages or images to copy from")
        }
        destination = words.last ?? ""
        self.owner = owner
        if let permissions {
            guard let parsed = FilePermissions(permissions) else {
                throw InstructionFailure("--chmod=\(permissions): expected octal digits such as 755, or u=rwX,go=rX")
            }
            self.permissions = parsed
        }
        keepsParents = instruction.flag("parents") == "true"
        unpacks = instruction.name == "ADD" && instruction.flag("unpack") != "false"
        sources = []
        let context = try context.excluding(instruction.flagValues("exclude"))
        var heredocs = Array(zip(instruction.heredocs, heredocs))[...]
        for word in words.dropLast() {
            if let (heredoc, content) = heredocs.first, word.hasPrefix("<<"), !instruction.isJSON {
                heredocs = heredocs.dropFirst()
                sources.append(CopySource(heredoc: heredoc.delimiter, content))
            } else {
                try Self.refuseAddress(word, instruction.name)
                sources += try context.sources(word)
            }
        }
    }

    private static func refuseAddress(_ word: String, _ name: String) throws(InstructionFailure) {
        let isAddress = ["http://", "https://", "ftp://", "git://", "ssh://", "git@"].contains { word.hasPrefix($0) }
        guard isAddress else { return }
        throw InstructionFailure(
            name == "ADD"
                ? "an address can't be added: whether the cache is good for it can't be told, nor its contents "
                    + "verified; put the file into the context, or fetch it with RUN"
                : "'\(word)' is no file of the build context"
        )
    }

    /// What is the same only for instructions that copy the same to the same place.
    ///
    /// - Throws: When a file can't be read.
    func identity() throws(InstructionFailure) -> [String] {
        var parts = ["\(keepsParents)", "\(unpacks)"]
        for source in sources {
            parts += ["source", source.name, source.isDirectory ? "directory" : "file"]
            if keepsParents { parts.append(source.path) }
            let nodes = source.nodes
            let identities = try Threads.map(count: nodes.count) { index throws(InstructionFailure) in
                try nodes[index].identity()
            }
            for identity in identities { parts += identity }
        }
        return parts
    }
}

extension CopySource {
    /// A file whose contents stand in the Dockerfile.
    init(heredoc name: String, _ content: [UInt8]) {
        self.init(name: name, path: name, nodes: [Node(path: "", content: .bytes(content), mode: 0o644, time: nil)])
    }
}
