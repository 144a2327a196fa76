import Archive
import Console
import Dockerfile
import DockerfileEngine
import OCI
import POSIX
import TestSupport

/// A directory that stands for a container's root, with a context and a cache beside it.
final class EngineRoot {
    let directory: TemporaryDirectory
    let logger = Logger.collecting()

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["root/etc", "root/opt", "context", "cache"] { try directory.makeDirectory(name) }
        try directory.write("root/etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n")
        try directory.write("root/etc/group", "root:x:0:\nstaff:x:50:app\n")
    }

    var root: String { directory.path("root") }

    /// A new root, with the same context and cache: the next build's container.
    func startOver() throws {
        try FileSystem.removeTree(root)
        try directory.makeDirectory("root/etc")
        try directory.makeDirectory("root/opt")
    }

    func engine(
        base: String = "base",
        config: ContainerConfig = ContainerConfig(),
        lifetime: Int64 = 3600 * 1_000_000_000,
        normalizesTimes: Bool = false
    ) throws -> DockerfileEngine {
        var settings = EngineSettings(cacheDir: directory.path("cache"), cacheLifetime: lifetime, exclusions: [])
        settings.root = root
        settings.normalizesTimes = normalizesTimes
        return try DockerfileEngine(
            settings: settings,
            base: Digest.of(Array(base.utf8)),
            config: config,
            pool: CompressionPool(threads: 0),
            logger: logger
        )
    }

    /// Applies a Dockerfile whose first lines are the usual ones.
    @discardableResult
    func apply(
        _ text: String,
        with engine: DockerfileEngine? = nil,
        arguments: [String: String] = [:]
    ) throws -> DockerfileEngine {
        let engine = try engine ?? self.engine()
        let whole = "ARG base_image\nFROM ${base_image}\n\(text)"
        _ = try engine.apply(
            DockerfileApplication(
                document: DockerfileDocument(parsing: Array(whole.utf8)),
                name: "run.Dockerfile of extension acme/x",
                contextDir: directory.path("context"),
                arguments: arguments
            )
        )
        return engine
    }

    /// The text of a file in the root; nil if there is none.
    func read(_ path: String) -> String? { try? FileSystem.readText(Path.join(root, path)) }

    /// Why a Dockerfile can't be applied; nil if it can.
    func failure(_ text: String, arguments: [String: String] = [:]) -> EngineError? {
        do {
            try apply(text, arguments: arguments)
            return nil
        } catch {
            return error as? EngineError
        }
    }
}
