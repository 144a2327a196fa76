import Archive
import HTTP
import POSIX
import TLS

/// Files behind web addresses, fetched once.
struct Downloads: Sendable {
    /// The largest file that is fetched, in bytes.
    static let limit = 2 << 30

    private let directory: String
    private let isOffline: Bool
    private let client: HTTPClient

    /// Nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - home: Where files are kept.
    ///   - isOffline: Whether only what is there may be used.
    ///   - environment: All variables by name; those for proxies and certificates count.
    ///   - cancellation: Ends a transfer.
    /// - Throws: `BuildError` of kind `usage` for a malformed proxy.
    init(
        home: SlipwayHome,
        isOffline: Bool,
        environment: [String: String],
        cancellation: Cancellation
    ) throws(BuildError) {
        directory = Path.join(home.cacheDir, "downloads")
        self.isOffline = isOffline
        let pace = HTTPPace()
        let trust = TLSTrust(authorities: .system(environment: environment))
        do throws(HTTPError) {
            client = HTTPClient(
                .init(
                    connect: SocketTransport.tcp(pace: pace, isCancelled: { cancellation.isCancelled }),
                    secure: { transport, origin throws(HTTPError) in
                        try TLSTransport(over: transport, host: origin.host, context: TLSContext(trust))
                    },
                    proxies: try ProxySettings(environment: environment),
                    pace: pace
                )
            )
        } catch {
            throw BuildError(.usage, "\(error)")
        }
    }

    /// The file behind an address.
    ///
    /// - Parameters:
    ///   - address: An `http` or `https` address.
    ///   - limit: The largest size to accept, in bytes.
    ///   - isFresh: Whether a file that was fetched before is not good enough, unless the network is not to be used.
    /// - Returns: The path of the file on this machine.
    /// - Throws: `BuildError` that names the address.
    func file(_ address: String, limit: Int = Downloads.limit, isFresh: Bool = false) throws(BuildError) -> String {
        let path = Path.join(directory, Digest.of(Array(address.utf8)).hex)
        if FileSystem.isRegularFile(path), !isFresh || isOffline { return path }
        guard !isOffline else {
            throw BuildError(
                .failed,
                "'\(address)' is not here, and the network is not to be used",
                help: "run the build once without --pull never"
            )
        }
        let temporary = "\(path).\(RandomBytes.hexadecimal(count: 4))"
        defer { try? FileSystem.removeFile(temporary) }
        let file = try system { () throws(POSIXError) in
            try FileSystem.makeDirectories(directory)
            return try OwnedDescriptor(opening: temporary, [.write, .create, .exclusive], mode: 0o644)
        }
        do throws(HTTPError) {
            try fetch(address, limit: limit) { bytes throws(POSIXError) in
                try file.descriptor.writeAll(bytes, path: temporary)
            }
        } catch {
            throw BuildError(.failed, "cannot fetch '\(address)': \(error)")
        }
        try system { () throws(POSIXError) in try FileSystem.rename(temporary, to: path) }
        return path
    }

    private func fetch(
        _ address: String,
        limit: Int,
        _ write: (UnsafeRawBufferPointer) throws(POSIXError) -> Void
    ) throws(HTTPError) {
        let response = try client.send(HTTPRequest(.get, HTTPURL(address)))
        defer { response.close() }
        guard response.status == 200 else { throw .malformedResponse("status \(response.status)") }
        var size = 0
        while let bytes = try response.nextBytes() {
            size += bytes.count
            guard size <= limit else { throw .bodyTooLarge(limit: limit) }
            do throws(POSIXError) {
                try write(bytes)
            } catch {
                throw .bodyUnavailable("\(error)")
            }
        }
    }
}
