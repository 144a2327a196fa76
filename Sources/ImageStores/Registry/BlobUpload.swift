import Archive
import HTTP
import OCI

/// Sends one blob to a repository, and keeps at it when connections break.
///
/// Small blobs go with the request that completes the upload. Larger ones go with one PATCH, or in chunks where the
/// registry or a proxy before it limits the size of requests. After a broken connection the registry is asked how much
/// it has, and gets the rest; if it does not say, the upload begins anew.
struct BlobUpload {
    /// Up to this size a blob takes two requests instead of three.
    static let monolithicLimit = 1 << 20
    /// The chunk size after a request was too large, halved each time that it still is.
    private static let firstChunkSize = 32 << 20
    private static let smallestChunkSize = 1 << 20

    private let client: RegistryClient
    private let repository: String
    private let digest: Digest
    private let content: BlobSpool
    private let isCancelled: @Sendable () -> Bool
    private let action: String
    /// Chunks of this size were refused as too large, so smaller ones are used.
    private var chunkLimit: Int?

    init(
        _ content: BlobSpool,
        digest: Digest,
        to repository: String,
        client: RegistryClient,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        (self.client, self.repository, self.digest, self.content) = (client, repository, digest, content)
        self.isCancelled = isCancelled
        action = "push blob \(digest) to \(client.registry)/\(repository)"
    }

    /// Whether the registry is asked for the blob with the request that opens the upload; larger ones are worth a
    /// request of their own, which every registry understands.
    private var isSmall: Bool { content.size <= Self.monolithicLimit }

    /// Sends the blob, unless it is small and the registry has it.
    mutating func run() throws(RegistryError) {
        var attempt = 1
        while true {
            // `startUpload` repeats its requests itself, so its failure is final.
            let asked = isSmall ? digest : nil
            guard let upload = try client.startUpload(repository, unlessItHas: asked, action: action) else { return }
            do throws(RegistryError) {
                try send(upload)
                return
            } catch {
                if error.status == 413, shrinkChunks() { continue }
                guard isWorthRepeating(error), client.session.policy.wait(after: attempt) else { throw error }
                attempt += 1
            }
        }
    }

    private func send(_ started: RegistryClient.Upload) throws(RegistryError) {
        var upload = started
        if let chunkLimit { upload.chunkSize = min(upload.chunkSize ?? chunkLimit, chunkLimit) }
        do throws(RegistryError) {
            let isWhole = content.size <= min(Self.monolithicLimit, upload.chunkSize ?? .max)
            if !isWhole { try sendBody(&upload) }
            try complete(upload, with: isWhole ? 0..<content.size : nil)
        } catch {
            client.cancel(upload, repository)
            throw error
        }
    }

    // MARK: - The body

    private func sendBody(_ upload: inout RegistryClient.Upload) throws(RegistryError) {
        var offset = 0
        var attempt = 1
        while offset < content.size {
            let end = min(content.size, offset + (upload.chunkSize ?? content.size))
            do throws(RegistryError) {
                offset = try sendPart(offset..<end, &upload)
                attempt = 1
            } catch {
                // 416: the registry has got another number of bytes than we believe.
                guard isTransient(error) || error.status == 416, client.session.policy.wait(after: attempt),
                    let resumed = progress(of: upload)
                else { throw error }
                attempt = resumed.offset > offset ? 1 : attempt + 1
                offset = resumed.offset
                upload.location = resumed.location
            }
        }
    }

    /// Sends a part with one PATCH.
    ///
    /// - Returns: the offset of the next part
    private func sendPart(_ range: Range<Int>, _ upload: inout RegistryClient.Upload) throws(RegistryError) -> Int {
        var call = try call(.patch, upload.location, accepted: [201, 202, 204])
        call.body = body(range)
        // Without a range it is a stream, which all registries take; with one, those that resume take a part.
        if range != 0..<content.size {
            call.headers["Content-Range"] = "\(range.lowerBound)-\(range.upperBound - 1)"
        }
        let response = try client.send(call)
        defer { response.discard() }
        upload.location = try client.location(of: response, action: action)
        // Some registries always answer with the same range, so one without progress is ignored; the digest is verified
        // in the end.
        let next = Self.nextOffset(response.head) ?? range.upperBound
        return next > range.lowerBound ? min(next, content.size) : range.upperBound
    }

    /// How much the registry has, and where to send the rest; `nil` if it does not say.
    private func progress(of upload: RegistryClient.Upload) -> (offset: Int, location: HTTPURL)? {
        guard let call = try? call(.get, upload.location, accepted: [204]),
            let response = try? client.send(call)
        else { return nil }
        defer { response.discard() }
        guard let offset = Self.nextOffset(response.head), offset <= content.size else { return nil }
        return (offset, (try? client.location(of: response, action: action)) ?? upload.location)
    }

    /// The offset after the bytes that a `Range: 0-<last>` says have arrived.
    private static func nextOffset(_ head: HTTPResponseHead) -> Int? {
        guard var text = head.headers["Range"].map({ Substring($0) }) else { return nil }
        if text.hasPrefix("bytes=") { text = text.dropFirst(6) }
        let parts = text.split(separator: "-")
        guard parts.count == 2, parts[0] == "0", let last = Int(parts[1]), last >= 0, last < Int.max else { return nil }
        // An upload without any byte and one with a single byte look the same; then the registry's answer to what
        // follows decides.
        return last == 0 ? 0 : last + 1
    }

    // MARK: - The end

    private func complete(_ upload: RegistryClient.Upload, with range: Range<Int>?) throws(RegistryError) {
        var call = try call(.put, upload.location.adding([("digest", "\(digest)")]), accepted: [200, 201, 202, 204])
        if let range, !range.isEmpty { call.body = body(range) }
        do throws(RegistryError) {
            _ = try client.perform(call)
        } catch {
            // The answer may have been lost on its way, and the upload is gone because it is complete.
            guard isTransient(error) || error.status == 404,
                (try? client.hasBlob(repository, digest, scope: .push(repository))) == true
            else {
                throw error
            }
        }
    }

    // MARK: - Parts

    private func call(_ method: HTTPMethod, _ url: HTTPURL, accepted: Set<Int>) throws(RegistryError)
        -> RegistryClient.Call
    {
        guard !isCancelled() else {
            throw RegistryError(registry: client.registry, action: action, cause: .local("cancelled"))
        }
        return client.uploadCall(method, url, repository, accepted: accepted, action: action)
    }

    private func body(_ range: Range<Int>) -> HTTPBody {
        .sized(range.count) { [content, isCancelled] write throws(HTTPError) in
            try content.read(
                range,
                { (bytes: UnsafeRawBufferPointer) throws(HTTPError) in
                    guard !isCancelled() else { throw .cancelled }
                    try write(bytes)
                },
                failing: { HTTPError.bodyUnavailable("\($0)") }
            )
        }
    }

    private func isTransient(_ error: RegistryError) -> Bool {
        switch error.cause {
        case .transport(let exchanges): exchanges.contains { $0.error.isTransient }
        case .status(let status, _, _): client.session.policy.isTransient(status: status)
        case .unexpectedAnswer, .local: false
        }
    }

    /// Whether a new upload may succeed where this one has failed.
    private func isWorthRepeating(_ error: RegistryError) -> Bool {
        isTransient(error) || error.status == 404 || error.status == 416
            || error.has(code: "BLOB_UPLOAD_INVALID") || error.has(code: "BLOB_UPLOAD_UNKNOWN")
            || error.has(code: "DIGEST_INVALID") || error.has(code: "SIZE_INVALID")
    }

    private mutating func shrinkChunks() -> Bool {
        let next = chunkLimit.map { $0 / 2 } ?? min(Self.firstChunkSize, content.size / 2)
        guard next >= Self.smallestChunkSize else { return false }
        chunkLimit = next
        return true
    }
}
