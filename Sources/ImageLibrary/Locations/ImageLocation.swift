public import OCI
import POSIX

/// Where an image is read from.
public enum ImageLocation: Hashable, Sendable {
    /// A registry, by the image's reference.
    case registry(ImageReference)
    /// A directory with an OCI image layout, and which of its images is meant, where it has several.
    case layout(directory: String, tag: String?)
    /// A tar with an OCI image layout, and which of its images is meant, where it has several.
    case layoutArchive(path: String, tag: String?)
    /// A tar as `docker save` writes it.
    case dockerArchive(path: String)
    /// A Docker daemon, by the image's name or id.
    case daemon(name: String)
    /// The local store, by the name that the image has there.
    case store(name: String)
    /// A directory that is the root of a file tree, without any image around it.
    case root(directory: String)

    /// What names an image, for messages.
    public static let expectation =
        "a registry reference, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker-daemon:NAME, store:NAME, "
        + "or a file or directory that holds an image"

    /// Transports of other tools, which would be taken for repositories otherwise.
    private static let foreign: Set<String> = ["dir", "containers-storage", "ostree", "sif", "tarball", "file"]

    /// What files are called that hold an image.
    private static let archiveSuffixes = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".cnb"]

    /// Finds out what a name means.
    ///
    /// A name without transport is a path if it looks like one (`/…`, `./…`, `../…`, `….tar`, `….tgz`, `….cnb`), or if an
    /// image or a root is there; any other is a registry reference, as is `docker://…`.
    ///
    /// - Parameters:
    ///   - text: The name as the user gave it.
    ///   - directory: What relative paths start from; by default the working directory.
    /// - Throws: `LibraryError.invalidName` where it is none, and `.notAnImage` where something else is at a path.
    public init(parsing text: String, in directory: String? = nil) throws(LibraryError) {
        if let (transport, rest) = ImageTransport.split(text) {
            self = try Self.named(transport, rest, text, directory)
            return
        }
        if text.hasPrefix("docker://") {
            self = .registry(try Self.reference(String(text.dropFirst("docker://".count)), text))
            return
        }
        let scheme = text.prefix { $0 != ":" && $0 != "/" }
        guard scheme.endIndex == text.endIndex || !Self.foreign.contains(String(scheme)) || text[scheme.endIndex] == "/"
        else {
            throw .invalidName(text, expected: "another transport than \(scheme): \(Self.expectation)")
        }
        let looksLikePath =
            [".", ".."].contains(text) || ["/", "./", "../"].contains { text.hasPrefix($0) }
            || Self.archiveSuffixes.contains { text.hasSuffix($0) }
        let path = try Self.absolute(text, directory)
        if looksLikePath {
            self = try PathContent(at: path).location(path)
        } else if FileSystem.exists(path), let location = try? PathContent(at: path).location(path) {
            self = location
        } else {
            self = .registry(try Self.reference(text, text))
        }
    }

    /// How the image is kept; `nil` for a root, which is no image.
    public var transport: ImageTransport? {
        switch self {
        case .registry: .registry
        case .layout: .layout
        case .layoutArchive: .layoutArchive
        case .dockerArchive: .dockerArchive
        case .daemon: .daemon
        case .store: .store
        case .root: nil
        }
    }

    /// The name under which the local store keeps an image from here.
    public var storeName: String {
        switch self {
        case .registry(let reference): StoreName.full(reference)
        case .store(let name): name
        default: description
        }
    }

    private static func named(
        _ transport: ImageTransport,
        _ rest: String,
        _ text: String,
        _ directory: String?
    ) throws(LibraryError) -> ImageLocation {
        guard !rest.isEmpty else {
            throw .invalidName(text, expected: "something after \(transport.rawValue):")
        }
        switch transport {
        case .registry: return .registry(try reference(rest, text))
        case .daemon: return .daemon(name: rest)
        case .store: return .store(name: try StoreName.canonical(rest))
        case .dockerArchive: return .dockerArchive(path: try absolute(rest, directory))
        case .layout, .layoutArchive:
            let (path, tag) = ImageTransport.splitTag(rest)
            let full = try absolute(path, directory)
            return transport == .layout ? .layout(directory: full, tag: tag) : .layoutArchive(path: full, tag: tag)
        }
    }

    private static func reference(_ name: String, _ text: String) throws(LibraryError) -> ImageReference {
        do throws(OCIError) {
            return try ImageReference(name)
        } catch {
            guard case .invalidReference(_, let reason) = error else { throw .image(name: text, error) }
            throw .invalidName(text, expected: "\(expectation); as a reference: \(reason)")
        }
    }

    static func absolute(_ path: String, _ directory: String?) throws(LibraryError) -> String {
        if let directory, !Path.isAbsolute(path) { return Path.clean(Path.join(directory, path)) }
        return try system { () throws(POSIXError) in try Path.absolute(path) }
    }
}

extension ImageLocation: CustomStringConvertible {
    /// The name with its transport, which means the same again.
    public var description: String {
        switch self {
        case .registry(let reference): reference.original
        case .layout(let directory, let tag): "oci:\(directory)" + (tag.map { ":\($0)" } ?? "")
        case .layoutArchive(let path, let tag): "oci-archive:\(path)" + (tag.map { ":\($0)" } ?? "")
        case .dockerArchive(let path): "docker-archive:\(path)"
        case .daemon(let name): "docker-daemon:\(name)"
        case .store(let name): "store:\(name)"
        case .root(let directory): directory
        }
    }
}
