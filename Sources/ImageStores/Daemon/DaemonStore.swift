import HTTP
import JSON
public import OCI
import POSIX
import Synchronization

/// The images of a Docker daemon.
///
/// Images are named by references or ids; what an image is called in files is its id without `sha256:`.
public final class DaemonStore: ImageStore {
    /// How a store does its work.
    public struct Options: Sendable {
        /// Where layers lie on their way from and to the daemon; `nil` for `TMPDIR`.
        public var temporaryDirectory: String?
        /// Told what only matters to people who look for a fault.
        public var note: @Sendable (String) -> Void = { _ in }

        public init() {}
    }

    let client: DaemonClient
    let options: Options
    let temporaryDirectory: String
    /// The diff ids of images that the daemon has.
    private let knownImages = Mutex<Set<[DiffID]>>([])

    /// Makes a store for the daemon that `DOCKER_HOST` names.
    ///
    /// To be called while this process may still do everything: certificates are read now, and if the daemon's socket
    /// belongs to root, it is connected now.
    ///
    /// - Parameters:
    ///   - environment: all variables by name; those of Docker's client and for proxies and directories count
    ///   - options: how the store does its work
    /// - Throws: `OCIError` when the environment is malformed, or the connection fails
    public init(environment: [String: String], options: Options = Options()) throws(OCIError) {
        self.options = options
        let named = environment["TMPDIR"] ?? ""
        temporaryDirectory = options.temporaryDirectory ?? (named.isEmpty ? "/tmp" : named)
        let endpoint = try DaemonEndpoint(environment: environment)
        // To load or save a large image may take the daemon many minutes without a sign of life.
        let timeouts = HTTPTimeouts(connect: 30, silence: 3600)
        let proxies: ProxySettings
        do {
            proxies = try ProxySettings(environment: environment)
        } catch {
            throw .store(StoreFailure(kind: .other, message: "\(error)"))
        }
        client = DaemonClient(
            endpoint.client(timeouts: timeouts, spare: try Self.connect(endpoint, timeouts), proxies: proxies),
            baseURL: endpoint.baseURL,
            version: environment["DOCKER_API_VERSION"].flatMap { DaemonAPIVersion($0) }
        )
    }

    /// Opens the connections that could not be opened later.
    private static func connect(
        _ endpoint: DaemonEndpoint,
        _ timeouts: HTTPTimeouts
    ) throws(OCIError) -> SpareConnections {
        guard case .unix(let path) = endpoint.route, let status = try? FileSystem.status(path), status.uid == 0 else {
            return SpareConnections()
        }
        do {
            let connections = [
                try SocketTransport.connect(unixPath: path, timeouts: timeouts),
                try SocketTransport.connect(unixPath: path, timeouts: timeouts),
            ]
            return SpareConnections(connections)
        } catch {
            let explanation = DaemonEndpoint.explanation(of: error, endpoint.name)
            throw .store(
                StoreFailure(kind: .unreachable, message: "failed to connect to docker socket: \(explanation)")
            )
        }
    }

    // MARK: - ImageStore

    /// Opens an image by its name or id.
    ///
    /// - Parameters:
    ///   - reference: The image's name, or its id with or without `sha256:`.
    ///   - platform: Which image of several under one name to take, where the daemon keeps several; `linux` on this
    ///     processor by default, and any other if there is no such image.
    /// - Returns: The image, `nil` when the daemon does not have it.
    /// - Throws: `OCIError` when the name is invalid, or the daemon fails.
    public func open(_ reference: String, platform: OCIPlatform?) throws(OCIError) -> (any StoredImage)? {
        let name = try DaemonImageName(reference)
        guard let inspection = try client.inspect(name, platform: nil),
            let history = try client.history(name, platform: nil)
        else { return nil }
        var description = try DaemonImageDescription(inspection, history: history, of: name)
        let id = try DaemonImageName(description.id)
        var chosenPlatform: OCIPlatform?
        if try client.negotiatedVersion() >= .platformAware {
            let wanted = platform ?? .current
            if let history = try client.history(name, platform: wanted),
                let inspection = try client.inspect(name, platform: wanted)
            {
                description = try DaemonImageDescription(inspection, history: history, of: name)
            }
            chosenPlatform = try ImageConfig(parsing: description.configBytes, of: reference).platform
        }
        let contents = DaemonImageContents(
            client: client,
            id: id,
            platform: chosenPlatform,
            temporaryDirectory: temporaryDirectory
        )
        let image = try DaemonImage(reference: reference, description: description, contents: contents)
        knownImages.withLock { _ = $0.insert(image.config.diffIDs) }
        return image
    }

    /// Asks the daemon for the image; that it does not exist is no error.
    public func checkReadAccess(_ reference: String) throws(OCIError) {
        _ = try client.inspect(try DaemonImageName(reference), platform: nil)
    }

    /// Looks whether the daemon answers; it has no rights for single images, so who can connect can do everything.
    public func checkWriteAccess(_ reference: String) throws(OCIError) {
        _ = try ImageReference(reference)
        try client.ping()
    }

    /// The place to which an image with this name is written; nothing is sent before the commit.
    public func destination(for reference: String) throws(OCIError) -> any ImageDestination {
        DaemonDestination(try ImageReference(reference), store: self)
    }

    /// Writes an image with all of its layers to a tar, as `docker save` does.
    ///
    /// - Parameters:
    ///   - reference: The image's name, or its id with or without `sha256:`.
    ///   - platform: Which image of several under one name to take, where the daemon keeps several.
    ///   - body: Called with each piece of the tar, in order. What it throws ends the reading.
    /// - Throws: `OCIError` when the name is invalid, there is no such image, or the daemon fails.
    public func save(
        _ reference: String,
        platform: OCIPlatform?,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        let name = try DaemonImageName(reference)
        let isAware = try client.negotiatedVersion() >= .platformAware
        let response = try client.save(name, platform: isAware ? platform ?? .current : nil)
        while true {
            let piece: UnsafeRawBufferPointer?
            do throws(HTTPError) {
                piece = try response.nextBytes()
            } catch {
                throw DaemonClient.unreachable("saving image \"\(name)\" from the docker daemon", error)
            }
            guard let piece else { return }
            try body(piece)
        }
    }

    // MARK: - What destinations ask

    /// How many of the lowest layers of an image the daemon has, in just this order.
    func knownLayers(of diffIDs: [DiffID]) -> Int {
        knownImages.withLock { images in
            images.map { zip($0, diffIDs).prefix { $0 == $1 }.count }.max() ?? 0
        }
    }

    /// The id of an image that was loaded a moment ago.
    func id(of name: DaemonImageName, named reference: String) throws(OCIError) -> String {
        guard let id = try client.inspect(name, platform: nil)?["Id"]?.stringValue, !id.isEmpty else {
            throw DaemonClient.failure("saving image \"\(reference)\"", "the daemon does not know it after loading it")
        }
        return id
    }

    // MARK: - Keeping the connection

    /// Sends the daemon a sign of life twice a second while something else is done, so that it does not close the only
    /// connection that this process may have.
    ///
    /// - Parameter body: What is done; it must not use the store.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func keepingAlive<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let isDone = Mutex(false)
        let thread = try? Thread { [client, options] in
            var nextPing = Clock.monotonicNanoseconds
            while !isDone.withLock({ $0 }) {
                Clock.sleep(milliseconds: 10)
                guard Clock.monotonicNanoseconds >= nextPing else { continue }
                do throws(OCIError) { try client.ping() } catch { options.note("ping error: \(error)") }
                nextPing = Clock.monotonicNanoseconds + 500_000_000
            }
        }
        defer {
            isDone.withLock { $0 = true }
            thread?.join()
        }
        return try body()
    }
}
