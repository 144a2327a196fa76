import Archive
import ImageLibrary
import OCI
import POSIX
import TestSupport
import Testing

@Suite("Images on their way into a registry", .enabled(if: hasRegistry, "needs docker-registry"))
struct RegistryExportTests {
    private let setting: StoreSetting
    private let registry: RegistryServer

    init() throws {
        setting = try StoreSetting()
        registry = try RegistryServer()
    }

    private func push(
        _ image: any StoredImage,
        _ names: [String],
        layerSources: [String] = []
    ) throws -> [CommittedReference] {
        var options = ExportOptions()
        options.layerSources = try layerSources.map { try ImageReference($0) }
        let references = try names.map { try ImageReference($0) }
        return try setting.store.export(
            image,
            to: .registry,
            names: references,
            through: setting.remote,
            options: options
        )
    }

    /// The requests that have been made since the log was of a length.
    private func requests(since length: Int) -> [String] {
        registry.log.dropFirst(length).split(separator: "\n").map(String.init).filter { $0.contains("HTTP/1.1\"") }
    }

    @Test("are not sent again, and go to all names")
    func again() throws {
        let image = try setting.makeImage(["app"], layers: [["a": "1"], ["b": "2"]])
        let names = ["\(registry.host)/x/app:1", "\(registry.host)/x/app:2", "\(registry.host)/y/app:1"]
        #expect(try push(image, names).map(\.digest) == [Digest?](repeating: image.manifestDigest, count: 3))
        let length = registry.log.count
        _ = try push(image, names)
        let sent = requests(since: length)
        #expect(!sent.contains { $0.contains("\"PATCH") })
        #expect(!sent.contains { $0.contains("\"PUT") && $0.contains("/blobs/") })
        for name in names {
            let location = try ImageLocation(parsing: name)
            #expect(try setting.remote.open(location).manifestDigest == image.manifestDigest)
        }
    }

    @Test("have layers of others in the registry mounted, which nobody needs to have here")
    func mounted() throws {
        let base = try setting.makeImage(["base"], layers: [["big": String(repeating: "x", count: 5000)]])
        _ = try push(base, ["\(registry.host)/run/base:1"])
        let layout = setting.directory.path("layout")
        let app = try sparseApp(on: base, in: layout)
        let length = registry.log.count
        let results = try push(
            app,
            ["\(registry.host)/team/app:1"],
            layerSources: ["\(registry.host)/run/base:1", "\(registry.host)/not/there"]
        )
        #expect(results.map(\.digest) == [app.manifestDigest])
        let mounts = requests(since: length).filter { $0.contains("mount=") }
        #expect(mounts.contains { $0.contains(base.manifest.layers[0].digest.hex) && $0.contains(" 201 ") })
        let pulled = try setting.pull("\(registry.host)/team/app:1")
        let root = try setting.store.root(of: pulled, holding: setting.lease)
        #expect(try FileSystem.list(root.path).map(\.name) == ["app", "big"])
        // Another registry gets the bytes.
        let other = try sharedRegistry()
        let copied = try push(app, ["\(other.host)/team/app:1"], layerSources: ["\(registry.host)/run/base:1"])
        #expect(copied.map(\.digest) == [app.manifestDigest])
    }

    /// An app image in a layout that lacks the layers of its base.
    private func sparseApp(on base: any StoredImage, in layout: String) throws -> any StoredImage {
        let whole = try setting.makeImage(["whole"], layers: [["app": "1"]])
        var draft = try ImageDraft(base: base)
        let top = try whole.layers()[0]
        draft.append(top)
        let destination = try setting.store.destination(for: "sparse")
        _ = try draft.finished(keepingHistory: false).write(to: destination, references: ["sparse"])
        let app = try #require(try setting.store.image(named: "sparse"))
        try setting.store.export(app, to: .layout(directory: layout, tag: "1"), names: [], through: setting.remote)
        try FileSystem.removeFile(Path.join(layout, "blobs/sha256", base.manifest.layers[0].digest.hex))
        return try setting.remote.open(.layout(directory: layout, tag: "1"))
    }

    @Test("say who refuses them")
    func refused() throws {
        let closed = try RegistryServer(access: .basicAuthentication)
        let image = try setting.makeImage(["app"], layers: [["a": "1"]])
        let error = #expect(throws: LibraryError.self) { try push(image, ["\(closed.host)/app:1"]) }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(closed.host) && message.contains("401"), "\(message)")
    }

    @Test("need a name", arguments: [ImageOutput.registry, .daemon, .store])
    func nameless(output: ImageOutput) throws {
        let image = try setting.makeImage(["app"], layers: [["a": "1"]])
        #expect(throws: LibraryError.self) {
            try setting.store.export(image, to: output, names: [], through: setting.remote)
        }
    }
}
