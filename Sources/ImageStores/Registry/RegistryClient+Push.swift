import Archive
import HTTP
import OCI

extension RegistryClient {
    /// What became of an attempt to mount a blob.
    enum MountResult {
        /// The repository has the blob now.
        case mounted
        /// The registry does not mount it; the blob has to be sent.
        case refused
    }

    /// Starts an upload and cancels it, to see whether it is allowed.
    func checkPush(_ repository: String) throws(RegistryError) {
        let upload = try startUpload(repository, action: "check push access to \(registry)/\(repository)")
        if let upload { cancel(upload, repository) }
    }

    /// Makes a blob of one repository part of another, without moving its bytes.
    ///
    /// - Returns: whether the registry did so; it may refuse for reasons of its own, which is no error
    func mount(_ digest: Digest, from source: String, to repository: String) throws(RegistryError) -> MountResult {
        let action = "mount blob \(digest) from \(registry)/\(source) into \(registry)/\(repository)"
        let call = Call(
            method: .post,
            url: try url(repository, "blobs/uploads/").adding([("mount", "\(digest)"), ("from", source)]),
            scopes: [.push(repository), .pull(source)],
            accepted: [201, 202, 400, 401, 403, 404, 405],
            action: action
        )
        let response = try send(call)
        defer { response.discard() }
        if response.status == 201 { return .mounted }
        if response.status == 202, let location = try? location(of: response, action: action) {
            cancel(Upload(location: location, chunkSize: nil), repository)
        }
        return .refused
    }

    /// Stores a manifest under a tag or its digest.
    func putManifest(
        _ repository: String,
        _ identifier: String,
        _ bytes: [UInt8],
        mediaType: MediaType
    ) throws(RegistryError) {
        let digest = Digest.of(bytes)
        let separator = identifier.contains(":") ? "@" : ":"
        let action = "push manifest \(registry)/\(repository)\(separator)\(identifier)"
        let head = try perform(
            Call(
                method: .put,
                url: try url(repository, "manifests/\(identifier)"),
                headers: HTTPHeaders([("Content-Type", mediaType.rawValue)]),
                body: .bytes(bytes),
                scopes: [.push(repository)],
                accepted: [200, 201, 202],
                action: action
            )
        )
        if let stored = head.headers["Docker-Content-Digest"], stored != digest.description {
            throw unexpected("the registry stored digest \(stored) instead of \(digest)", action: action)
        }
    }

    // MARK: - Uploads

    /// An upload that the registry has opened.
    struct Upload {
        /// Where the next request goes.
        var location: HTTPURL
        /// How large one request may be, in bytes; `nil` to send everything with one.
        var chunkSize: Int?
    }

    /// Opens an upload.
    ///
    /// - Parameters:
    ///   - repository: where the blob goes
    ///   - digest: the blob, if the registry is to say whether the repository has it already
    ///   - action: what is being done, for messages
    /// - Returns: the upload, nil if there is nothing to send
    /// - Throws: when the registry does not take blobs
    func startUpload(
        _ repository: String,
        unlessItHas digest: Digest? = nil,
        action: String
    ) throws(RegistryError) -> Upload? {
        var call = Call(
            method: .post,
            url: try url(repository, "blobs/uploads/"),
            scopes: [.push(repository)],
            accepted: [202],
            action: action
        )
        if let digest, session.known.mayBeMounted {
            call.url = call.url.adding([("mount", "\(digest)"), ("from", repository)])
            call.accepted = [201, 202, 400, 404, 405]
        }
        let response = try send(call)
        defer { response.discard() }
        if response.status == 201 { return nil }
        guard response.status == 202 else {
            session.known.refuseMounts()
            if let digest, try hasBlob(repository, digest, scope: .push(repository)) { return nil }
            return try startUpload(repository, action: action)
        }
        let maximum = response.head.headers["OCI-Chunk-Max-Length"].flatMap { Int($0) }
        return Upload(
            location: try location(of: response, action: action),
            chunkSize: maximum.flatMap { $0 > 0 ? $0 : nil }
        )
    }

    /// A request that goes on with an upload.
    ///
    /// It is not repeated by itself: what a repetition has to begin with depends on what has arrived.
    func uploadCall(
        _ method: HTTPMethod,
        _ url: HTTPURL,
        _ repository: String,
        accepted: Set<Int>,
        action: String,
        body: HTTPBody = .empty
    ) -> Call {
        Call(
            method: method,
            url: url,
            headers: HTTPHeaders([("Content-Type", "application/octet-stream")]),
            body: body,
            scopes: [.push(repository)],
            accepted: accepted,
            action: action,
            repeats: false
        )
    }

    /// Tells the registry to forget an upload; failures are ignored.
    func cancel(_ upload: Upload, _ repository: String) {
        _ = try? perform(
            Call(
                method: .delete,
                url: upload.location,
                scopes: [.push(repository)],
                accepted: [200, 202, 204, 404],
                action: "cancel upload",
                repeats: false
            )
        )
    }

    /// Where the next request of an upload goes.
    func location(of response: HTTPResponse, action: String) throws(RegistryError) -> HTTPURL {
        guard let text = response.head.headers["Location"] else {
            throw unexpected("the registry's answer has no Location", action: action)
        }
        var url: HTTPURL
        do throws(HTTPError) {
            url = try response.url.resolving(text)
        } catch {
            throw unexpected("\(error)", action: action)
        }
        // Behind a proxy that ends TLS, registries name themselves with the scheme that they are reached by.
        let base = try session.endpoint().base
        if url.host == base.host, url.port == base.port { url.scheme = base.scheme }
        // Otherwise a hostile registry could have us send requests to other servers, as to one in our own network.
        if url.host != base.host, !session.host.isNearby, let address = IPAddress(url.host),
            address.isLoopback || address.isPrivate || address.isLinkLocal
        {
            throw unexpected("the registry wants the upload to go to the private address \(url.host)", action: action)
        }
        return url
    }
}
