import Archive
import JSON
import OCI
import POSIX
import TestSupport

@testable import ImageStores

/// A daemon that goes wrong, or is of another version than the one at hand; it knows one image.
final class FakeDaemon: Sendable {
    /// What a test wants of the daemon.
    struct Behaviour: Sendable {
        /// What `Api-Version` says; `nil` for nothing.
        var version: String? = "1.41"
        /// Whether containerd keeps the images.
        var usesContainerd = false
        /// The image as a tar.
        var savedImage: [UInt8] = []
        /// Answers a request to load an image; the body has not been read.
        var load: @Sendable (_ connection: ClientConnection, _ attempt: Int) throws -> Void = { connection, _ in
            _ = try readChunkedBody(connection)
            try connection.respond("200 OK", [:], Array(#"{"stream":"Loaded image: x\n"}"#.utf8))
        }
    }

    /// The only layer of the only image.
    static let layer: [UInt8] = {
        let sink = MemorySink()
        var writer = TarWriter(sink)
        try? writer.add(TarHeader(name: Array("/file".utf8), kind: .file, mode: 0o644), content: Array("text".utf8))
        try? writer.finish()
        return sink.bytes
    }()
    /// The layer's digest.
    static let diffID = Digest.of(layer)
    /// The image's id.
    static let id = "sha256:" + String(repeating: "0123", count: 16)

    /// What was asked for, method and target.
    var requests: [String] { recorded.withLock { $0 } }
    /// A store for the daemon.
    let store: DaemonStore

    private let server: LoopbackServer
    private let recorded: Lock<[String]>

    init(_ behaviour: Behaviour = Behaviour()) throws {
        let recorded = Lock<[String]>([])
        let loads = Lock(0)
        self.recorded = recorded
        server = try LoopbackServer { connection, _ in
            // What a handler throws ends the connection.
            while let request = try connection.readRequest() {
                recorded.withLock { $0.append("\(request.method) \(request.target)") }
                if request.path.hasSuffix("/images/load") {
                    let attempt = loads.withLock { count in
                        count += 1
                        return count
                    }
                    try behaviour.load(connection, attempt)
                } else {
                    try Self.answer(request.path, connection, behaviour)
                }
            }
        }
        store = try DaemonStore(environment: ["DOCKER_HOST": "tcp://\(server.host)"])
    }

    private static func answer(_ path: String, _ connection: ClientConnection, _ behaviour: Behaviour) throws {
        let image: JSONValue = [
            "Id": .string(id), "Os": "linux", "Architecture": "amd64",
            "RootFS": ["Type": "layers", "Layers": [.string("\(diffID)")]], "Config": ["Env": ["A=1"]],
        ]
        func respond(_ value: JSONValue) throws {
            try connection.respond("200 OK", [:], Array(JSONWriter.string(value).utf8))
        }
        switch path.split(separator: "/").last {
        case "_ping": try connection.respond("200 OK", behaviour.version.map { ["Api-Version": $0] } ?? [:])
        case "json": try respond(image)
        case "history": try respond([["Created": 0, "CreatedBy": "by hand"]])
        case "info" where behaviour.usesContainerd:
            try respond(["DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]])
        case "info": try respond(["DriverStatus": [["Backing Filesystem", "extfs"]]])
        case "get": try connection.respond("200 OK", [:], behaviour.savedImage)
        default: try connection.respond("404 Not Found", [:], Array(#"{"message":"page not found"}"#.utf8))
        }
    }

    /// Reads a body that comes in chunks, to its end.
    static func readChunkedBody(_ connection: ClientConnection) throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            var line: [UInt8] = []
            while !line.suffix(2).elementsEqual("\r\n".utf8) {
                let byte = try connection.readSome(limit: 1)
                if byte.isEmpty { return body }
                line += byte
            }
            let count = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) ?? 0
            body += try connection.readBody(count)
            _ = try connection.readBody(2)
            if count == 0 { return body }
        }
    }

    /// Opens the image and writes it with another layer on top.
    func save() throws -> [CommittedReference] {
        var draft = try ImageDraft(base: try open())
        let destination = try store.destination(for: "test/app")
        let writer = try destination.newBlob()
        let content = LayerContent([.bytes("/new", [UInt8](repeating: 7, count: 16 << 20), mode: 0o644, owner: .root)])
        let archived = try LayerEngine(pool: CompressionPool(threads: 0)).archive(
            content,
            compression: .none,
            to: BlobSink(writer)
        )
        let digest = archived.digest
        try writer.finish(digest: digest, size: archived.size)
        let descriptor = Descriptor(mediaType: .dockerLayer, digest: digest, size: archived.size)
        draft.append(ImageLayer(descriptor: descriptor, diffID: DiffID(digest)))
        return try draft.finished(keepingHistory: true).write(to: destination, references: ["test/app"])
    }

    /// Opens the image.
    func open() throws -> any StoredImage {
        guard let image = try store.open("test/base", platform: nil) else {
            throw OCIError.noLayers(image: "test/base")
        }
        return image
    }
}
