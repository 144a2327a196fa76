import HTTP
import JSON
import OCI
import POSIX

/// A name by which the daemon knows an image: a reference or an id.
///
/// Both only have characters that paths of URLs may have.
struct DaemonImageName: Sendable, CustomStringConvertible {
    let description: String

    init(_ text: String) throws(OCIError) {
        let id = text.hasPrefix("sha256:") ? text.dropFirst("sha256:".count) : text[...]
        let isID = (12...64).contains(id.utf8.count) && id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        if !isID { _ = try ImageReference(text) }
        description = text
    }
}

extension DaemonClient {
    /// What the daemon says about an image; `nil` if it has no such image.
    func inspect(_ image: DaemonImageName, platform: OCIPlatform?) throws(OCIError) -> JSONValue? {
        try document("/images/\(image)/json", query: Self.query(platform), action: "inspecting image \"\(image)\"")
    }

    /// How an image came about, the newest step first; `nil` if there is no such image.
    func history(_ image: DaemonImageName, platform: OCIPlatform?) throws(OCIError) -> [JSONValue]? {
        let action = "get history for image \"\(image)\""
        guard let document = try document("/images/\(image)/history", query: Self.query(platform), action: action)
        else { return nil }
        guard let entries = document.isNull ? [] : document.arrayValue else {
            throw Self.failure(action, "expected an array, found \(document.typeName)")
        }
        return entries
    }

    /// Begins to read an image with all of its layers, as a tar.
    func save(_ image: DaemonImageName, platform: OCIPlatform?) throws(OCIError) -> HTTPResponse {
        let action = "saving image with ID \"\(image)\" from the docker daemon"
        let response = try send(.get, "/images/\(image)/get", query: Self.query(platform), action: action)
        guard response.head.isSuccess else {
            throw Self.refusal(response.status, try Self.read(response, limit: 1 << 20, action), action)
        }
        return response
    }

    /// Hands the daemon a tar with an image.
    ///
    /// - Parameters:
    ///   - body: the tar
    ///   - name: the image's name, for messages
    /// - Throws: `StoreFailure` of kind `unreachable` when the exchange did not take place as a whole, of another kind
    ///   when the daemon did not take the image
    func load(_ body: HTTPBody, as name: String) throws(OCIError) {
        let action = "loading image \"\(name)\""
        let response = try send(.post, "/images/load", query: [("quiet", "1")], body: body, action: action)
        let bytes = try Self.read(response, limit: Self.documentLimit, action)
        guard response.head.isSuccess else { throw Self.refusal(response.status, bytes, action) }
        // The status is sent before the work is done, so an error is in one of the messages, of which each is a line.
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let message: JSONValue
            do {
                message = try JSONParser.parse(Array(line), source: "", duplicateKeys: .lastWins)
            } catch {
                throw Self.failure(action, "parsing daemon response: \(error)")
            }
            guard let text = message["errorDetail"]?["message"]?.stringValue ?? message["error"]?.stringValue else {
                continue
            }
            throw Self.failure(action, "embedded daemon response: \(text)")
        }
    }

    /// Gives an image a further name.
    func tag(_ id: String, as name: ImageReference) throws(OCIError) {
        let action = "tagging image \"\(name)\""
        guard let tag = name.tag else {
            throw Self.failure(action, "refusing to create a tag with a digest reference")
        }
        let query = [("repo", name.context), ("tag", tag)]
        let response = try send(.post, "/images/\(id)/tag", query: query, action: action)
        let bytes = try Self.read(response, limit: 1 << 20, action)
        guard response.head.isSuccess else { throw Self.refusal(response.status, bytes, action) }
    }

    /// Whether containerd keeps the daemon's images, which wants all layers of an image that is loaded.
    func storesInContainerd() -> Bool {
        // If the daemon doesn't say, a load without all layers is tried; should it fail, all are sent.
        guard let information = try? document("/info", action: "get information on the docker daemon"),
            let status = information["DriverStatus"]?.arrayValue
        else { return false }
        return status.contains {
            $0[0]?.stringValue == "driver-type" && $0[1]?.stringValue == "io.containerd.snapshotter.v1"
        }
    }

    private static func query(_ platform: OCIPlatform?) -> [(name: String, value: String)] {
        guard let platform else { return [] }
        var object: JSONObject = [
            "architecture": .string(platform.architecture), "os": .string(platform.os),
        ]
        if !platform.osVersion.isEmpty { object["os.version"] = .string(platform.osVersion) }
        if !platform.variant.isEmpty { object["variant"] = .string(platform.variant) }
        return [("platform", JSONWriter.string(.object(object)))]
    }
}
