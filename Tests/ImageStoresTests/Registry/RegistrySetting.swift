import Archive
import Glibc
import HTTP
import OCI
import POSIX
import TestSupport

@testable import ImageStores

/// Whether the tests that need a real registry can run.
let hasRegistry = Conditions.commandExists("docker-registry")

private let oneRegistry = Lock<RegistryServer?>(nil)
private let repositories = Lock(0)

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

/// A repository that no other test uses.
func uniqueRepository() -> String {
    repositories.withLock { number in
        number += 1
        return "test\(number)/app"
    }
}

/// A store whose retries do not keep tests waiting, and which knows no credentials unless it is given some.
func makeStore(
    _ keychain: Keychain = .anonymous,
    insecure: [String] = [],
    environment: [String: String] = [:],
    warn: @escaping @Sendable (String) -> Void = { _ in }
) throws -> RegistryStore {
    var options = RegistryStore.Options()
    options.retries.firstDelay = 5
    options.retries.sleep = { Clock.sleep(milliseconds: min($0, 20)) }
    options.timeouts.connect = 5
    options.timeouts.silence = 5
    options.warn = warn
    return try RegistryStore(
        keychain: keychain,
        insecureRegistries: insecure,
        environment: environment,
        options: options
    )
}

/// An image that a test pushes.
struct TestImage {
    var layers: [[UInt8]]
    var family = MediaTypeFamily.oci
    var platform = OCIPlatform(os: "linux", architecture: "amd64")

    /// An image with layers of bytes that look compressed.
    static func random(layers sizes: [Int], seed: UInt64 = 1) -> TestImage {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return TestImage(
            layers: sizes.map { size in
                var words: [UInt64] = []
                words.reserveCapacity(size / 8 + 1)
                for _ in 0...size / 8 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    words.append(state ^ state >> 29)
                }
                return words.withUnsafeBytes { Array($0.prefix(size)) }
            }
        )
    }

    var config: [UInt8] {
        var config = ImageConfig(platform: platform)
        config.diffIDs = layers.map { DiffID(Digest.of($0)) }
        return config.bytes
    }

    var manifest: ImageManifest {
        ImageManifest(
            mediaType: family.manifest,
            config: Descriptor(mediaType: family.config, digest: .of(config), size: Int64(config.count)),
            layers: layers.map { Descriptor(mediaType: family.layer, digest: .of($0), size: Int64($0.count)) }
        )
    }

    /// Pushes the image.
    @discardableResult
    func push(_ references: [String], to store: RegistryStore) throws -> [CommittedReference] {
        let destination = try store.destination(for: references[0])
        for layer in layers { try destination.add(layer) }
        return try destination.commit(
            manifest: manifest.bytes,
            mediaType: family.manifest,
            config: config,
            references: references
        )
    }
}

extension ImageDestination {
    /// Writes a blob in pieces.
    func add(_ bytes: [UInt8]) throws {
        let writer = try newBlob()
        for start in stride(from: 0, to: bytes.count, by: 70_000) {
            try bytes[start..<min(start + 70_000, bytes.count)].withUnsafeBytes { try writer.write($0) }
        }
        try writer.finish(digest: .of(bytes), size: Int64(bytes.count))
    }
}

extension StoredImage {
    /// All bytes of a layer.
    func layerBytes(_ index: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try readBlob(manifest.layers[index]) { bytes += $0 }
        return bytes
    }
}
