import POSIX

/// Where an image is written to.
public enum ImageOutput: Hashable, Sendable {
    /// The local store, under the image's names.
    case store
    /// The registries that the image's names say.
    case registry
    /// A directory with an OCI image layout, and the image's tag in it; other images there stay.
    case layout(directory: String, tag: String?)
    /// A tar with an OCI image layout, and the image's tag in it.
    case layoutArchive(path: String, tag: String?)
    /// A tar for `docker load`, `podman load`, `ctr images import` and `skopeo`, which is an OCI image layout, too.
    case dockerArchive(path: String)
    /// The Docker daemon that `DOCKER_HOST` says, under the image's names.
    case daemon

    /// What names a place, for messages.
    public static let expectation =
        "store, registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE, or docker-daemon:"

    /// Finds out what a text means.
    ///
    /// - Parameters:
    ///   - text: The place as the user gave it.
    ///   - directory: What relative paths start from; by default the working directory.
    /// - Throws: `LibraryError.invalidName` where it is no place.
    public init(parsing text: String, in directory: String? = nil) throws(LibraryError) {
        let (name, rest) = Self.split(text)
        guard let transport = ImageTransport(rawValue: name) else {
            throw .invalidName(text, expected: Self.expectation)
        }
        switch transport {
        case .store, .registry, .daemon:
            guard rest.isEmpty else {
                throw .invalidName(text, expected: "nothing after \(name): the image's names say where it goes")
            }
            self = transport == .store ? .store : transport == .registry ? .registry : .daemon
        case .layout, .layoutArchive, .dockerArchive:
            let kind = transport == .layout ? "directory" : "file"
            guard !rest.isEmpty else { throw .invalidName(text, expected: "a \(kind) after \(name):") }
            let (path, tag) = transport == .dockerArchive ? (rest, nil) : ImageTransport.splitTag(rest)
            let full = try ImageLocation.absolute(path, directory)
            switch transport {
            case .layout: self = .layout(directory: full, tag: tag)
            case .layoutArchive: self = .layoutArchive(path: full, tag: tag)
            default: self = .dockerArchive(path: full)
            }
        }
    }

    private static func split(_ text: String) -> (name: String, rest: String) {
        guard let colon = text.firstIndex(of: ":") else { return (text, "") }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}

extension ImageOutput: CustomStringConvertible {
    /// The place as it is written, which means the same again.
    public var description: String {
        switch self {
        case .store: "store"
        case .registry: "registry"
        case .layout(let directory, let tag): "oci:\(directory)" + (tag.map { ":\($0)" } ?? "")
        case .layoutArchive(let path, let tag): "oci-archive:\(path)" + (tag.map { ":\($0)" } ?? "")
        case .dockerArchive(let path): "docker-archive:\(path)"
        case .daemon: "docker-daemon:"
        }
    }
}
