import Archive
import HTTP
import OCI
import POSIX

/// Sends a blob while it is still being made, to a repository that can't have it yet.
///
/// The end of a large layer would otherwise be followed by a wait for all of it to be sent, while nothing else is left
/// to do. The blob is collected all the same, so whatever goes wrong here is no failure: it is sent as any other then.
///
/// One thread writes, another one sends.
final class BlobStream: Sendable {
    /// How much there has to be before it is worth while; more than a blob that waits in memory can have.
    static let smallestSize = 8 << 20

    private enum End {
        case finished(Digest)
        case abandoned
    }

    private struct State {
        /// How many bytes have been written to the content.
        var written: Int
        var end: End?
        /// The blob is not sent here, and won't be.
        var isDeclined = false
    }

    private let content: BlobSpool
    private let repository: String
    private let client: RegistryClient
    private let action: String
    private let state: Condition<State>

    /// Makes a stream of a blob that has reached its file.
    init(_ content: BlobSpool, to repository: String, client: RegistryClient) {
        (self.content, self.repository, self.client) = (content, repository, client)
        action = "push a blob to \(client.registry)/\(repository) while it is made"
        state = Condition(State(written: content.size))
    }

    // MARK: - The thread that writes

    /// Says that the content has grown.
    func advance() {
        let size = content.size
        state.update { $0.written = size }
    }

    /// Says that the content is complete.
    ///
    /// - Returns: whether the blob is being taken care of; if not, it is still to be sent
    func finish(_ digest: Digest) -> Bool {
        state.update { state in
            guard !state.isDeclined else { return false }
            state.end = state.end ?? .finished(digest)
            return true
        }
    }

    /// Says that there will be no such blob; harmless after `finish`.
    func abandon() {
        state.update { $0.end = $0.end ?? .abandoned }
    }

    // MARK: - The thread that sends

    /// Sends what there is, and what comes, unless the repository may have the blob already.
    ///
    /// - Parameter isCancelled: ends the sending
    /// - Returns: the blob, and whether the registry has it now; nil if there is nothing left to do here
    func send(
        isCancelled: @escaping @Sendable () -> Bool
    ) -> (digest: Digest, content: BlobSpool, isSent: Bool)? {
        guard isToEmptyRepository, let upload = try? client.startUpload(repository, action: action) else {
            return decline()
        }
        guard upload.chunkSize == nil, let end = sendBody(upload, isCancelled) else {
            client.cancel(upload, repository)
            return decline()
        }
        guard let digest = waitForDigest() else {
            client.cancel(upload, repository)
            return nil
        }
        let completion = client.uploadCall(
            .put,
            end.adding([("digest", "\(digest)")]),
            repository,
            accepted: [201, 204],
            action: action
        )
        return (digest, content, (try? client.perform(completion)) != nil)
    }

    /// Whether the repository has nothing in it, or does not exist, as far as the registry says.
    private var isToEmptyRepository: Bool {
        let known = client.session.known
        guard !known.hasImage(in: repository), let hasTags = try? client.hasTags(repository) else { return false }
        // Noted, so that the registry is asked only once.
        if hasTags { known.addImage(in: repository) }
        return !hasTags
    }

    /// Sends the content up to its end with one request.
    ///
    /// - Returns: where the upload is completed; nil if it can't be
    private func sendBody(
        _ upload: RegistryClient.Upload,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) -> HTTPURL? {
        let body = HTTPBody.chunked { [self] write throws(HTTPError) in
            var sent = 0
            while let next = next(after: sent) {
                try content.read(
                    next,
                    { (bytes: UnsafeRawBufferPointer) throws(HTTPError) in
                        guard !isCancelled() else { throw .cancelled }
                        try write(bytes)
                    },
                    failing: { HTTPError.bodyUnavailable("\($0)") }
                )
                sent = next.upperBound
            }
            guard waitForDigest() != nil else { throw .cancelled }
        }
        let call = client.uploadCall(
            .patch,
            upload.location,
            repository,
            accepted: [201, 202, 204],
            action: action,
            body: body
        )
        guard let response = try? client.send(call) else { return nil }
        defer { response.discard() }
        return try? client.location(of: response, action: action)
    }

    /// The bytes that can be sent next; waits for them, and is nil when there will be none.
    private func next(after sent: Int) -> Range<Int>? {
        state.wait(until: { $0.written > sent || $0.end != nil }) { state in
            if case .abandoned = state.end { return nil }
            return state.written > sent ? sent..<state.written : nil
        }
    }

    /// The digest, once the content is complete; nil if that does not happen.
    private func waitForDigest() -> Digest? {
        state.wait(until: { $0.end != nil }) { state in
            if case .finished(let digest) = state.end { digest } else { nil }
        }
    }

    /// Leaves the blob to be sent as any other once it is finished.
    ///
    /// - Returns: the blob, if that has happened already
    private func decline() -> (digest: Digest, content: BlobSpool, isSent: Bool)? {
        state.update { state in
            if state.end == nil { state.isDeclined = true }
            guard case .finished(let digest) = state.end else { return nil }
            return (digest, content, false)
        }
    }
}
