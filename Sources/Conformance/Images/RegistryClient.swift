import HTTP
import POSIX
import Synchronization

/// The address of an image: `<host>/<repository>[:<tag>][@<digest>]`.
struct RegistryReference {
    var host: String
    var repository: String
    /// A tag or a digest.
    var identifier: String

    /// Reads an address; nil for anything else.
    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        host = String(text[..<slash])
        var path = text[text.index(after: slash)...]
        identifier = "latest"
        if let at = path.firstIndex(of: "@") {
            identifier = String(path[path.index(after: at)...])
            path = path[..<at]
        } else if let colon = path.lastIndex(of: ":"), !path[colon...].contains("/") {
            identifier = String(path[path.index(after: colon)...])
            path = path[..<colon]
        }
        repository = String(path)
        guard !host.isEmpty, !repository.isEmpty, !identifier.isEmpty else { return nil }
    }
}

/// Speaks to a registry without credentials, in plain HTTP.
final class RegistryClient: Sendable {
    private let client = HTTPClient(
        .init(
            connect: SocketTransport.tcp(timeouts: HTTPTimeouts(connect: 5, silence: 20)),
            userAgent: "cnb-conformance"
        )
    )
    /// A repository that has a blob, by the blob's digest.
    private let homes = Mutex<[String: String]>([:])

    private static let manifestTypes = [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]

    /// The manifest of an image; nil if there is none.
    /// - Throws: When the registry does not answer as one should.
    func manifest(_ reference: RegistryReference) throws(CaseError) -> [UInt8]? {
        var headers = HTTPHeaders()
        for type in Self.manifestTypes { headers.append("Accept", type) }
        let path = "\(reference.repository)/manifests/\(reference.identifier)"
        let (status, body) = try send(.get, reference.host, path, headers: headers)
        switch status {
        case 200: return body
        case 404: return nil
        default: throw .other("the registry answers \(status) for the manifest of \(reference.repository)")
        }
    }

    /// A blob.
    /// - Throws: When there is none.
    func blob(_ digest: String, of reference: RegistryReference, limit: Int) throws(CaseError) -> [UInt8] {
        let path = "\(reference.repository)/blobs/\(digest)"
        let (status, body) = try send(.get, reference.host, path, limit: limit)
        guard status == 200 else { throw .other("the registry answers \(status) for blob \(digest)") }
        return body
    }

    /// Puts a blob into a repository; one that the registry has elsewhere is not sent again.
    /// - Throws: When the registry refuses it.
    func push(_ blob: SeedBlob, host: String, repository: String) throws(CaseError) {
        let home = homes.withLock { $0[blob.digest] }
        if home == repository { return }
        var path = "\(repository)/blobs/uploads/"
        if let home { path += "?mount=\(blob.digest)&from=\(home)" }
        let begun = try response(.post, host, path)
        begun.discard()
        if begun.status == 201 { return }
        guard begun.status == 202, let location = begun.head.headers["Location"] else {
            throw .other("the registry answers \(begun.status) to the start of an upload")
        }
        let status: Int
        do throws(HTTPError) {
            let url = try begun.url.resolving(location).adding([("digest", blob.digest)])
            let headers = HTTPHeaders([("Content-Type", "application/octet-stream")])
            let response = try client.send(HTTPRequest(.put, url, headers: headers, body: .bytes(blob.bytes)))
            status = response.status
            response.discard()
        } catch {
            throw .other("the registry: \(error)")
        }
        guard status == 201 else { throw .other("the registry answers \(status) to an upload") }
        homes.withLock { $0[blob.digest] = repository }
    }

    /// Puts a manifest into a repository.
    /// - Throws: When the registry refuses it.
    func push(manifest: [UInt8], type: String, host: String, repository: String, tag: String) throws(CaseError) {
        let (status, _) = try send(
            .put,
            host,
            "\(repository)/manifests/\(tag)",
            headers: HTTPHeaders([("Content-Type", type)]),
            body: .bytes(manifest)
        )
        guard status == 201 else { throw .other("the registry answers \(status) to a manifest") }
    }

    /// Whether the registry answers.
    func isReady(_ host: String) -> Bool {
        (try? send(.get, host, ""))?.status == 200
    }

    private func send(
        _ method: HTTPMethod,
        _ host: String,
        _ path: String,
        headers: HTTPHeaders = HTTPHeaders(),
        body: HTTPBody = .empty,
        limit: Int = 8 << 20
    ) throws(CaseError) -> (status: Int, body: [UInt8]) {
        let response = try response(method, host, path, headers: headers, body: body)
        do throws(HTTPError) {
            return (response.status, try response.readAll(limit: limit))
        } catch {
            throw .other("the registry: \(error)")
        }
    }

    private func response(
        _ method: HTTPMethod,
        _ host: String,
        _ path: String,
        headers: HTTPHeaders = HTTPHeaders(),
        body: HTTPBody = .empty
    ) throws(CaseError) -> HTTPResponse {
        do throws(HTTPError) {
            return try client.send(
                HTTPRequest(method, try HTTPURL("http://\(host)/v2/\(path)"), headers: headers, body: body)
            )
        } catch {
            throw .other("the registry: \(error)")
        }
    }
}
