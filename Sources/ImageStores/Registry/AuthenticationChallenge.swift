import HTTP

/// What a `WWW-Authenticate` field asks for.
struct AuthenticationChallenge: Hashable, Sendable {
    /// The scheme in lower case: `basic`, `bearer`.
    let scheme: String
    /// The parameters with their names in lower case.
    let parameters: [String: String]

    /// The challenge of an answer that we can meet best, or its first one.
    static func preferred(in head: HTTPResponseHead) -> AuthenticationChallenge? {
        let challenges = head.headers.values("WWW-Authenticate").flatMap(parse)
        return challenges.first { $0.scheme == "bearer" || $0.scheme == "basic" } ?? challenges.first
    }

    /// Parses a field; one field may hold several challenges (RFC 9110 §11.6.1).
    static func parse(_ field: String) -> [AuthenticationChallenge] {
        var scanner = Scanner(rest: Substring(field))
        var challenges: [AuthenticationChallenge] = []
        var scheme: String?
        var parameters: [String: String] = [:]
        func finish() {
            if let scheme { challenges.append(AuthenticationChallenge(scheme: scheme, parameters: parameters)) }
        }
        while let word = scanner.token() {
            if scanner.take("=") {
                parameters[word.lowercased()] = scanner.value()
            } else {
                finish()
                (scheme, parameters) = (word.lowercased(), [:])
            }
        }
        finish()
        return challenges
    }

    private struct Scanner {
        var rest: Substring

        /// The next token after blanks and commas.
        mutating func token() -> String? {
            rest = rest.drop { " \t,".contains($0) }
            let token = rest.prefix { !" \t,=\"".contains($0) }
            guard !token.isEmpty else { return nil }
            rest = rest[token.endIndex...]
            return String(token)
        }

        mutating func take(_ character: Character) -> Bool {
            let ahead = rest.drop { $0 == " " || $0 == "\t" }
            guard ahead.first == character else { return false }
            rest = ahead.dropFirst()
            return true
        }

        /// A token or a quoted string.
        mutating func value() -> String {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard rest.first == "\"" else {
                let value = rest.prefix { !" \t,".contains($0) }
                rest = rest[value.endIndex...]
                return String(value)
            }
            rest = rest.dropFirst()
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                value.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
            }
            return value
        }
    }
}
