import Archive
import HTTP
import JSON
import OCI

extension RegistryClient {
    /// A manifest or index as the registry has it.
    struct RawManifest {
        let bytes: [UInt8]
        let digest: Digest
        let mediaType: MediaType
    }

    /// The largest manifest that is accepted, in bytes; registries accept no more than four million.
    private static let manifestLimit = 16 << 20
    /// The largest config that is accepted, in bytes.
    static let configLimit = 64 << 20

    /// Reads a manifest, by tag or digest.
    ///
    /// - Returns: the manifest, whose bytes have the digest that was asked for or that the registry names
    func manifest(_ repository: String, _ identifier: String) throws(RegistryError) -> RawManifest {
        let expected = try? Digest(identifier)
        let action = "pull manifest \(registry)/\(repository)\(expected == nil ? ":" : "@")\(identifier)"
        var call = Call(
            method: .get,
            url: try url(repository, "manifests/\(identifier)"),
            scopes: [.pull(repository)],
            accepted: [200],
            action: action
        )
        call.headers["Accept"] = MediaType.acceptedManifests.map(\.rawValue).joined(separator: ", ")

        var attempt = 1
        while true {
            let response = try send(call)
            do throws(RegistryError) {
                return try rawManifest(response, expected: expected, action: action)
            } catch {
                if case .transport = error.cause { throw error }
                // Bytes that were damaged on their way may come through whole the next time.
                guard session.policy.wait(after: attempt) else { throw error }
                attempt += 1
            }
        }
    }

    private func rawManifest(
        _ response: HTTPResponse,
        expected: Digest?,
        action: String
    ) throws(RegistryError) -> RawManifest {
        let bytes: [UInt8]
        do throws(HTTPError) {
            bytes = try response.readAll(limit: Self.manifestLimit)
        } catch  where error.isTooSlow {
            throw session.failure(HTTPRequest(.get, response.url), error, action: action)
        } catch {
            throw unexpected("\(error)", action: action)
        }
        let digest = Digest.of(bytes)
        let promised = expected ?? response.head.headers["Docker-Content-Digest"].flatMap { try? Digest($0) }
        if let promised, promised != digest {
            throw unexpected("expected digest \(promised), found \(digest)", action: action)
        }
        return RawManifest(
            bytes: bytes,
            digest: digest,
            mediaType: MediaType(rawValue: response.head.contentType ?? "")
        )
    }

    /// Whether a manifest exists, and may be read.
    func hasManifest(_ repository: String, _ identifier: String) throws(RegistryError) -> Bool {
        let separator = identifier.contains(":") ? "@" : ":"
        var call = Call(
            method: .head,
            url: try url(repository, "manifests/\(identifier)"),
            scopes: [.pull(repository)],
            accepted: [200, 404],
            action: "look for manifest \(registry)/\(repository)\(separator)\(identifier)"
        )
        call.headers["Accept"] = MediaType.acceptedManifests.map(\.rawValue).joined(separator: ", ")
        return try perform(call).status == 200
    }

    /// Whether a repository has any tags.
    ///
    /// Asked before writing, so the token's scope is that of pushing.
    func hasTags(_ repository: String) throws(RegistryError) -> Bool {
        let action = "look for tags in \(registry)/\(repository)"
        let response = try send(
            Call(
                method: .get,
                url: try url(repository, "tags/list").adding([("n", "1")]),
                scopes: [.push(repository)],
                accepted: [200, 404],
                action: action,
                repeats: false
            )
        )
        defer { response.discard() }
        guard response.status == 200 else { return false }
        guard let body = try? response.readAll(limit: 1 << 20),
            let document = try? JSONParser.parse(body, source: "tags of \(repository)"), let tags = document["tags"]
        else { throw unexpected("the list of tags is malformed", action: action) }
        return tags.isNull ? false : tags[0] != nil
    }

    /// Whether a repository has a blob.
    ///
    /// - Parameters:
    ///   - repository: the repository
    ///   - digest: the blob's digest
    ///   - scope: what else the repository is used for, so that one token serves for all; pulling by default
    /// - Returns: whether it is there
    /// - Throws: when the registry does not say
    func hasBlob(
        _ repository: String,
        _ digest: Digest,
        scope: RegistryScope? = nil
    ) throws(RegistryError) -> Bool {
        let call = Call(
            method: .head,
            url: try url(repository, "blobs/\(digest)"),
            scopes: [scope ?? .pull(repository)],
            accepted: [200, 404],
            action: "look for blob \(digest) in \(registry)/\(repository)"
        )
        return try perform(call).status == 200
    }

    /// Reads a blob, verified while it passes: what `body` got is only to be trusted after this has returned.
    ///
    /// After a broken connection the rest is asked for, so that `body` sees every byte once.
    func readBlob(
        _ repository: String,
        _ descriptor: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(OCIError) -> Void
    ) throws(OCIError) {
        let action = "pull blob \(descriptor.digest) of \(registry)/\(repository)"
        var digester = SHA256Digester()
        var received: Int64 = 0
        var attempt = 1
        while received < descriptor.size || attempt == 1 {
            let response = try openBlob(repository, descriptor, from: received, action: action)
            var toSkip = response.status == 200 ? received : 0
            let before = received
            do throws(BlobReadingError) {
                while let bytes = try Self.nextBytes(response) {
                    let skipped = min(toSkip, Int64(bytes.count))
                    toSkip -= skipped
                    let fresh = UnsafeRawBufferPointer(rebasing: bytes[Int(skipped)...])
                    if fresh.isEmpty { continue }
                    received += Int64(fresh.count)
                    guard received <= descriptor.size else {
                        throw .consumer(
                            .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, found: received)
                        )
                    }
                    digester.update(fresh)
                    do throws(OCIError) { try body(fresh) } catch { throw .consumer(error) }
                }
                break
            } catch {
                guard case .connection(let error) = error else {
                    if case .consumer(let error) = error { throw error }
                    break
                }
                // As long as there is progress, the transfer goes on.
                if received > before { attempt = 1 }
                guard error.isTransient, session.policy.wait(after: attempt) else {
                    let reason = "\(error) after \(received) of \(descriptor.size) bytes"
                    let failure = unexpected(reason, action: action)
                    throw error.isTooSlow ? failure.asOCIError : failure.asUnreachable
                }
                attempt += 1
            }
        }
        guard received == descriptor.size else {
            throw .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, found: received)
        }
        let found = digester.finish()
        guard found == descriptor.digest else { throw .digestMismatch(expected: descriptor.digest, found: found) }
    }

    /// What ends the reading of one response's body.
    private enum BlobReadingError: Error {
        case connection(HTTPError)
        case consumer(OCIError)
    }

    private static func nextBytes(_ response: HTTPResponse) throws(BlobReadingError) -> UnsafeRawBufferPointer? {
        do throws(HTTPError) { return try response.nextBytes() } catch { throw .connection(error) }
    }

    private func openBlob(
        _ repository: String,
        _ descriptor: Descriptor,
        from offset: Int64,
        action: String
    ) throws(OCIError) -> HTTPResponse {
        do throws(RegistryError) {
            var call = Call(
                method: .get,
                url: try url(repository, "blobs/\(descriptor.digest)"),
                scopes: [.pull(repository)],
                accepted: [200],
                action: action
            )
            if offset > 0 {
                call.headers["Range"] = "bytes=\(offset)-"
                call.accepted.insert(206)
            }
            let response = try send(call)
            if response.status == 206, response.head.headers["Content-Range"]?.hasPrefix("bytes \(offset)-") != true {
                throw unexpected("the registry sent another part than the one asked for", action: action)
            }
            return response
        } catch {
            if error.status == 404 {
                throw .blobNotFound(digest: descriptor.digest, image: "\(registry)/\(repository)")
            }
            throw error.asOCIError
        }
    }
}

extension RegistryError {
    /// The error of a transfer that kept breaking.
    fileprivate var asUnreachable: OCIError {
        .store(StoreFailure(kind: .unreachable, message: description))
    }
}
