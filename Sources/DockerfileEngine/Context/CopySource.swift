import Archive
import POSIX

/// Something that `COPY` or `ADD` copies, with all that is in it.
struct CopySource: Sendable {
    /// A file, directory or link of the source.
    struct Node: Sendable {
        /// What a node is made of.
        enum Content: Sendable {
            case directory
            /// A regular file on disk.
            case file(path: String)
            /// A file whose contents stand in the Dockerfile.
            case bytes([UInt8])
            /// A symbolic link with this target.
            case link(target: PathBytes)
        }

        /// The path below the source; empty for the source itself.
        var path: String
        var content: Content
        /// The permissions.
        var mode: FileMode
        /// When the contents were last changed; nil for what stands in the Dockerfile.
        var time: FileTime?
    }

    /// The name that the source gets in a directory.
    var name: String
    /// The path in the context, for `--parents`.
    var path: String
    /// The source itself, then all that is in it; directories before their contents.
    var nodes: [Node]

    /// Whether the contents of a directory are copied, rather than a file.
    var isDirectory: Bool {
        if case .directory? = nodes.first?.content { return true }
        return false
    }
}

extension CopySource.Node {
    /// What is the same only for nodes that are copied the same, apart from times.
    ///
    /// - Throws: When a file can't be read.
    func identity() throws(InstructionFailure) -> [String] {
        let kind: [String]
        switch content {
        case .directory: kind = ["directory"]
        case .file(let path): kind = ["file", try Self.digest(ofFile: path).description]
        case .bytes(let bytes): kind = ["file", Digest.of(bytes).description]
        case .link(let target): kind = ["link", target.string]
        }
        return [path, String(mode.rawValue, radix: 8)] + kind
    }

    private static func digest(ofFile path: String) throws(InstructionFailure) -> Digest {
        do {
            let source = try FileSource(path: path)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
            defer { buffer.deallocate() }
            var digester = SHA256Digester()
            while true {
                let count = try source.read(into: buffer)
                guard count > 0 else { return digester.finish() }
                digester.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        } catch {
            throw InstructionFailure(error.description)
        }
    }
}
