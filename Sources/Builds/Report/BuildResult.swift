public import JSON

/// What a build has made.
public struct BuildResult: Sendable {
    /// The names of the image.
    public var tags: [String]
    /// The digest of the image's manifest, `sha256:…`.
    public var digest: String
    /// The size of all of the image's blobs, in bytes.
    public var size: Int64
    /// Where the image went.
    public var outputs: [String]
    /// The builder.
    public var builder: String
    /// The run image that was taken.
    public var runImage: String
    /// The buildpacks that took part, `id@version`, in order.
    public var buildpacks: [String]
    /// The process types of the image, the default one first.
    public var processes: [String]
    /// Layers of the app image that the previous image had.
    public var reusedLayers: Int
    /// Layers of the app image that are new.
    public var newLayers: Int
    /// Cached layers that were there for the build, `id:layer`.
    public var restoredLayers: [String]
    /// Which isolation was used, in words.
    public var isolation: String
    /// How long the build took, in nanoseconds.
    public var nanoseconds: Int64
}

extension BuildResult {
    /// The image's name with its digest, by which it can be had again.
    public var reference: String { "\(Self.repository(of: tags.first ?? ""))@\(digest)" }

    /// A name without its tag.
    private static func repository(of name: String) -> Substring {
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return name[...] }
        return name[..<colon]
    }

    /// The result for programs: what `--metadata-file` and the last line of `--progress json` have.
    public var json: JSONValue {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        return [
            "reference": .string(reference),
            "tags": list(tags),
            "digest": .string(digest),
            "size": .integer(size),
            "outputs": list(outputs),
            "builder": .string(builder),
            "run-image": .string(runImage),
            "buildpacks": list(buildpacks),
            "processes": list(processes),
            "reused-layers": .integer(Int64(reusedLayers)),
            "new-layers": .integer(Int64(newLayers)),
            "restored-layers": list(restoredLayers),
            "isolation": .string(isolation),
            "nanoseconds": .integer(nanoseconds),
        ]
    }
}
