import Archive
import JSON
import POSIX
import Sandbox

/// Bytes with their digest.
struct SeedBlob {
    var bytes: [UInt8]
    var digest: String

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = "\(Digest.of(bytes))"
    }
}

/// An input image of a case, ready to be put somewhere.
struct BuiltImage {
    var manifest: SeedBlob
    var manifestType: String
    var config: SeedBlob
    var layers: [SeedBlob]
    var diffIDs: [String]

    /// The name that OCI has for this machine's processors.
    private static let architecture: String = {
        #if arch(arm64)
        "arm64"
        #else
        "amd64"
        #endif
    }()

    private static let runLabels = [
        ("io.buildpacks.base.id", "acme/base"),
        ("io.buildpacks.base.distro.name", "acme-linux"),
        ("io.buildpacks.base.distro.version", "1.0"),
        ("io.buildpacks.stack.id", "acme.stacks.base"),
        ("io.buildpacks.stack.mixins", "[]"),
    ]
    private static let runEnvironment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

    /// Builds an image; equal descriptions give equal bytes.
    /// - Throws: When a text has a name that means nothing, or a file can't be in an image.
    init(_ image: SeedImage, _ bindings: Bindings) throws(CaseError) {
        layers = []
        diffIDs = []
        let usual = [InputFile(path: "/etc/image-\(image.name)", content: .text("\(image.name)\n"))]
        for files in image.layers.isEmpty ? [usual] : image.layers {
            let tar = try Self.tar(files, bindings)
            diffIDs.append("\(Digest.of(tar))")
            layers.append(SeedBlob(GzipStore.wrap(tar)))
        }
        config = SeedBlob(JSONWriter.bytes(try Self.config(image, diffIDs, bindings), escapeHTML: false))

        let family = image.isDockerFormat ? "application/vnd.docker" : "application/vnd.oci.image"
        manifestType = image.isDockerFormat ? "\(family).distribution.manifest.v2+json" : "\(family).manifest.v1+json"
        let configType = image.isDockerFormat ? "\(family).container.image.v1+json" : "\(family).config.v1+json"
        let layerType = image.isDockerFormat ? "\(family).image.rootfs.diff.tar.gzip" : "\(family).layer.v1.tar+gzip"
        let manifest: JSONValue = [
            "schemaVersion": 2, "mediaType": .string(manifestType),
            "config": Self.descriptor(config, configType),
            "layers": .array(layers.map { Self.descriptor($0, layerType) }),
        ]
        self.manifest = SeedBlob(JSONWriter.bytes(manifest))
    }

    private static func descriptor(_ blob: SeedBlob, _ type: String) -> JSONValue {
        ["mediaType": .string(type), "size": .integer(blob.bytes.count), "digest": .string(blob.digest)]
    }

    private static func config(
        _ image: SeedImage,
        _ diffIDs: [String],
        _ bindings: Bindings
    ) throws(CaseError) -> JSONValue {
        var labels = JSONObject()
        if image.isRunImage { for (name, value) in runLabels { labels[name] = .string(value) } }
        for (name, value) in image.labels {
            let value = try bindings.given(value)
            labels[try bindings.given(name)] = value.isEmpty ? nil : .string(value)
        }
        var given: [String] = []
        for entry in image.environment { given.append(try bindings.given(entry)) }
        let names = Set(given.map { $0.prefix { $0 != "=" } })
        let usual = image.isRunImage ? runEnvironment.filter { !names.contains($0.prefix { $0 != "=" }) } : []
        let environment = usual + given

        var settings: [String: JSONValue] = [:]
        for (name, value) in image.settings {
            switch value {
            case .array(let elements):
                var words: [JSONValue] = []
                for element in elements { words.append(.string(try bindings.given(element.text ?? ""))) }
                settings[name] = .array(words)
            default:
                settings[name] = .string(try bindings.given(value.text ?? ""))
            }
        }
        if image.isRunImage, settings["user"] == nil { settings["user"] = "1000:1000" }

        var inner = JSONObject()
        let members = [("user", "User"), ("entrypoint", "Entrypoint"), ("cmd", "Cmd"), ("workdir", "WorkingDir")]
        for (key, member) in members { inner[member] = settings[key] }
        if !environment.isEmpty { inner["Env"] = .array(environment.map(JSONValue.string)) }
        if !labels.isEmpty { inner["Labels"] = .object(labels) }
        var config: JSONObject = [
            "created": settings["created"] ?? "2024-01-01T00:00:00Z",
            "architecture": settings["arch"] ?? .string(architecture), "os": settings["os"] ?? "linux",
        ]
        for (key, member) in [("variant", "variant"), ("os_version", "os.version"), ("author", "author")] {
            config[member] = settings[key]
        }
        config["config"] = .object(inner)
        config["rootfs"] = ["type": "layers", "diff_ids": .array(diffIDs.map(JSONValue.string))]
        let history: [JSONValue] = diffIDs.map { _ in ["created": "2024-01-01T00:00:00Z", "created_by": "fixture"] }
        config["history"] = .array(history)
        return .object(config)
    }

    /// A layer with some files and the directories above them.
    private static func tar(_ files: [InputFile], _ bindings: Bindings) throws(CaseError) -> [UInt8] {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        var written: Set<String> = []
        do {
            for file in files {
                let path = Path.clean(try bindings.expand(file.path))
                for directory in Self.parents(of: path) where written.insert(directory).inserted {
                    try writer.add(TarHeader(name: Self.name(directory), kind: .directory, mode: 0o755))
                }
                written.insert(path)
                let owner = try file.owner.map { text throws(TextError) in Owner(try bindings.expand(text)) } ?? .root
                var header = TarHeader(name: Self.name(path), kind: .file, mode: Int64(file.mode ?? 0o644))
                (header.uid, header.gid) = (Int64(owner?.uid ?? 0), Int64(owner?.gid ?? 0))
                var content: [UInt8] = []
                switch file.content {
                case .text(let text): content = Array(try bindings.expand(text).utf8)
                case .bytes(let bytes): content = bytes
                case .symlink(let target):
                    header.kind = .symbolicLink
                    header.linkName = Array(try bindings.expand(target).utf8)
                    header.mode = 0o777
                case .directory:
                    header.kind = .directory
                    header.mode = Int64(file.mode ?? 0o755)
                }
                try writer.add(header, content: content)
            }
            try writer.finish()
        } catch {
            throw .other("\(error)")
        }
        return sink.bytes
    }

    private static func parents(of path: String) -> [String] {
        let components = Path.components(path).dropLast()
        return components.indices.map { "/" + components[...$0].joined(separator: "/") }
    }

    private static func name(_ path: String) -> [UInt8] {
        Array(path.utf8.drop { $0 == UInt8(ascii: "/") })
    }
}
