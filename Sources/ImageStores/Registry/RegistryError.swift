public import HTTP
import JSON
public import OCI

/// A request to a registry that did not succeed, with all that its reader needs to mend it.
public struct RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kept the request from succeeding.
    public enum Cause: Hashable, Sendable {
        /// There was no answer: the exchanges that were tried, and why each of them failed.
        case transport([FailedExchange])
        /// The registry answered with an error status.
        case status(Int, diagnostics: [Diagnostic], text: String)
        /// The answer contradicts the protocol or what was asked for.
        case unexpectedAnswer(String)
        /// Something on our side.
        case local(String)
    }

    /// An exchange without an answer.
    public struct FailedExchange: Hashable, Sendable {
        /// The method.
        public let method: HTTPMethod
        /// The URL without secrets.
        public let url: String
        /// Why there was no answer.
        public let error: HTTPError
    }

    /// One entry of the `errors` that registries answer with.
    public struct Diagnostic: Hashable, Sendable {
        /// The registry's code, such as `MANIFEST_UNKNOWN`.
        public let code: String
        /// The registry's explanation.
        public let message: String
    }

    /// The registry's host and port.
    public let registry: String
    /// What was being done and to what, such as `pull manifest registry.example.com/team/app:1`.
    public let action: String
    /// What kept it from succeeding.
    public let cause: Cause
    /// Where the credential that was shown is from; `nil` if there was none.
    public var credentialSource: String?
    /// What may help.
    public var hint: String?

    /// The status of the answer, where there was one.
    public var status: Int? {
        guard case .status(let status, _, _) = cause else { return nil }
        return status
    }

    /// Whether the registry gave this code as a reason.
    func has(code: String) -> Bool {
        guard case .status(_, let diagnostics, _) = cause else { return false }
        return diagnostics.contains { $0.code == code }
    }

    /// The message in one line.
    public var description: String {
        // An exchange that failed names its URL, and with it the registry.
        if case .transport(let exchanges) = cause {
            return exchanges.map { "\($0.method.verb) \"\($0.url)\": \($0.error)" }.joined(separator: "; ")
        }
        var text = "\(action): \(causeDescription)"
        if let credentialSource { text += " (with credentials of \(credentialSource))" }
        if let hint { text += ": \(hint)" }
        return text
    }

    private var causeDescription: String {
        switch cause {
        case .transport: ""
        case .unexpectedAnswer(let reason), .local(let reason): reason
        case .status(let status, let diagnostics, let text):
            if diagnostics.isEmpty {
                "status \(status) \(Self.name(ofStatus: status))" + (text.isEmpty ? "" : ": \(text)")
            } else {
                "status \(status) "
                    + diagnostics.map { $0.message.isEmpty ? $0.code : "\($0.code): \($0.message)" }
                    .joined(separator: "; ")
            }
        }
    }

    /// The error as image stores throw it when they cannot open an image.
    func opening(_ reference: String) -> OCIError {
        guard case .store(var failure) = asOCIError else { return asOCIError }
        failure.message = "connect to repo store \"\(reference)\": \(failure.message)"
        return .store(failure)
    }

    /// The error as image stores throw it.
    public var asOCIError: OCIError {
        let kind: StoreFailure.Kind =
            switch cause {
            // Not `unreachable`, which callers may try again: this has already taken minutes.
            case .transport(let exchanges) where exchanges.contains(where: \.error.isTooSlow): .other
            case .transport: .unreachable
            case .status(401, _, _), .status(403, _, _): .denied
            case .status(404, _, _): .notFound
            case .status, .unexpectedAnswer, .local: .other
            }
        // That there were too many requests is no passing matter either, once the client has waited as it was told to.
        let isFinal = status.map { [400, 401, 403, 405, 429].contains($0) } ?? false
        return .store(StoreFailure(kind: kind, isFinal: isFinal, message: description))
    }

    private static func name(ofStatus status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Request Entity Too Large"
        case 416: "Requested Range Not Satisfiable"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: ""
        }
    }
}

extension RegistryError.Diagnostic {
    /// The entries of a body in the form of the distribution spec; none for any other body.
    static func parse(_ body: [UInt8]) -> [RegistryError.Diagnostic] {
        guard let document = try? JSONParser.parse(body, source: "error", duplicateKeys: .lastWins) else { return [] }
        return (document["errors"]?.arrayValue ?? []).compactMap { entry in
            guard let code = entry["code"]?.stringValue else { return nil }
            return RegistryError.Diagnostic(
                code: printable(code),
                message: printable(entry["message"]?.stringValue ?? "")
            )
        }
    }

    /// At most 300 characters, without line ends and control characters.
    static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(300).map { $0.value < 0x20 ? " " : $0 }))
    }
}

extension HTTPMethod {
    /// The method as a verb, the way Go's programs print it: `Get`.
    var verb: String { rawValue.prefix(1) + rawValue.dropFirst().lowercased() }
}
