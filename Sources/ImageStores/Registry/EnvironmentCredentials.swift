import JSON

/// Credentials of the variable that platforms set: a JSON object from registries to values of `Authorization`.
enum EnvironmentCredentials {
    static let variable = "CNB_REGISTRY_AUTH"
    /// What the variable has to hold.
    private static let form =
        #"the form is {"registry.example.com": "Basic <base64 of user:password>"}, or Bearer with a token"#

    /// Reads the variable; an empty or missing one has no entries.
    static func source(environment: [String: String]) throws(KeychainError) -> Keychain.Source {
        // The reference ignores paths, so an entry that has one still serves its whole registry.
        var source = Keychain.Source(sharesPaths: true)
        guard let text = environment[variable], !text.isEmpty else { return source }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(text, source: variable, duplicateKeys: .lastWins)
        } catch {
            // The parser's message could quote the text, which is a secret.
            throw KeychainError(
                "reading auth env var: failed to parse \(variable) value: "
                    + "invalid JSON at line \(error.line), column \(error.column); \(form)"
            )
        }
        if value.isNull { return source }
        guard let object = value.objectValue else {
            throw KeychainError("reading auth env var: failed to parse \(variable) value: expected an object; \(form)")
        }
        for (registry, header) in object {
            guard let header = header.stringValue else {
                throw KeychainError(
                    "reading auth env var: failed to parse \(variable) value: entry for \(registry) is no string; \(form)"
                )
            }
            source.entries[Keychain.key(registry)] =
                if let credential = credential(ofHeader: header) {
                    .success(SourcedCredential(credential: credential, source: variable))
                } else {
                    .failure(
                        KeychainError(
                            "parsing auth header: unknown auth type from header for \(registry) in \(variable); \(form)"
                        )
                    )
                }
        }
        return source
    }

    private static func credential(ofHeader header: String) -> Credential? {
        guard let blank = header.firstIndex(of: " ") else { return nil }
        let value = String(header[header.index(after: blank)...])
        return switch header[..<blank].lowercased() {
        case "basic": .basic(value)
        case "bearer": .registryToken(value)
        case "x-identity": .identityToken(value)
        default: nil
        }
    }
}
