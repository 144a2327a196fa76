import Archive
import Glibc
import ImageLibrary
import OCI
import POSIX
import TestSupport

/// Whether the tests that need a real registry can run.
let hasRegistry = Conditions.commandExists("docker-registry")

private let oneRegistry = Lock<RegistryServer?>(nil)

/// A registry without access control for all tests that need none of their own.
func sharedRegistry() throws -> RegistryServer {
    try oneRegistry.withLock { registry in
        if let registry { return registry }
        let started = try RegistryServer()
        registry = started
        // Globals are never released, and the registry must not outlive the tests.
        atexit { oneRegistry.withLock { $0 = nil } }
        return started
    }
}

/// A store in a directory of its own, with a lease and a way to other places.
struct StoreSetting {
    let directory: TemporaryDirectory
    let store: LocalStore
    let lease: StoreLease
    let remote: RemoteImages

    init() throws {
        directory = try TemporaryDirectory()
        store = try LocalStore(path: directory.path("store"))
        lease = try store.lease()
        remote = RemoteImages(.init(environment: ["PATH": ProcessEnvironment["PATH"] ?? "", "HOME": directory.path]))
    }

    /// The names of the blobs that the store has.
    func blobs(_ path: String = "store") throws -> Set<String> {
        Set(try FileSystem.list(directory.path("\(path)/blobs/sha256")).map(\.name))
    }

    /// What is below a directory of the store.
    func names(_ path: String) throws -> [String] {
        try FileSystem.list(Path.join(store.path, path)).map(\.name)
    }

    func pull(_ text: String, platform: OCIPlatform? = nil, policy: PullPolicy = .missing) throws -> any StoredImage {
        let location = try ImageLocation(parsing: text, in: directory.path)
        return try store.pull(location, platform: platform, policy: policy, from: remote, holding: lease)
    }

    /// Makes an image with the files of each layer, and gives it to the store.
    @discardableResult
    func makeImage(
        _ names: [String],
        layers: [[String: String]],
        platform: OCIPlatform = .current,
        family: MediaTypeFamily = .oci
    ) throws -> any StoredImage {
        let destination = try store.destination(for: names.first ?? "unnamed")
        var draft = ImageDraft(platform: platform, family: family)
        draft.container.labels = ["made.by": "test"]
        let engine = LayerEngine(pool: CompressionPool(threads: 1))
        for files in layers {
            let entries: [LayerEntrySource] = files.sorted { $0.key < $1.key }.map { name, text in
                .bytes("/\(name)", Array(text.utf8), mode: 0o644, owner: .root)
            }
            let writer = try destination.newBlob()
            let archived = try engine.archive(LayerContent(entries), to: BlobSink(writer))
            try writer.finish(digest: archived.digest, size: archived.size)
            let descriptor = Descriptor(mediaType: family.layer, digest: archived.digest, size: archived.size)
            draft.append(ImageLayer(descriptor: descriptor, diffID: DiffID(archived.diffID)))
        }
        let results = try draft.finished(keepingHistory: false).write(to: destination, references: names)
        for result in results { if let error = result.error { throw error } }
        guard let name = names.first, let image = try store.image(named: name, platform: platform) else {
            throw POSIXError(.noSuchFile, "open", names.first ?? "")
        }
        try store.hold(image, by: lease)
        return image
    }

    /// Runs a command, which has to succeed.
    @discardableResult
    func run(_ command: String...) throws -> String {
        let result = try runCommand(command, environment: ["HOME": directory.path], in: directory.path)
        guard result.status == .exited(0) else {
            throw POSIXError(.inputOutput, command[0], explanation: result.output + result.errors)
        }
        return result.output
    }
}
