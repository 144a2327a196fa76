import HTTP
import JSON
import OCI
import POSIX

/// The part of Docker's `config.json` (or containers' `auth.json`) that is about credentials.
struct DockerConfiguration {
    let path: String
    /// Credentials in the file itself.
    private(set) var auths: [String: Result<SourcedCredential, KeychainError>] = [:]
    /// Helpers by registry, and the one for everything else.
    private(set) var helpers: [String: String] = [:]
    private(set) var defaultHelper: String?
    private(set) var problems: [String] = []

    /// The file that counts: Docker's own, else one that was named for containers' tools, else theirs.
    static func path(environment: [String: String]) -> String? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME")
        let configurationHome = value("XDG_CONFIG_HOME") ?? home.map { Path.join($0, ".config") }
        let candidates = [
            value("DOCKER_CONFIG").map { Path.join($0, "config.json") }
                ?? home.map { Path.join($0, ".docker/config.json") },
            value("REGISTRY_AUTH_FILE"),
            value("XDG_RUNTIME_DIR").map { Path.join($0, "containers/auth.json") },
            configurationHome.map { Path.join($0, "containers/auth.json") },
        ]
        return candidates.compactMap { $0 }.first { FileSystem.isRegularFile($0) }
    }

    /// Reads a file.
    init(path: String) throws(KeychainError) {
        self.path = path
        let document: JSONValue
        do {
            document = try JSONParser.parse(FileSystem.readFile(path), source: path, duplicateKeys: .lastWins)
        } catch let error as POSIXError {
            throw KeychainError("\(error)")
        } catch {
            throw KeychainError("\(path) is not valid JSON")
        }
        for (registry, entry) in document["auths"]?.objectValue ?? JSONObject() {
            do throws(KeychainError) {
                if let credential = try Self.credential(entry) {
                    auths[Keychain.key(registry)] = .success(SourcedCredential(credential: credential, source: path))
                }
            } catch {
                problems.append("\(path): auths of \(registry): \(error)")
            }
        }
        for (registry, helper) in document["credHelpers"]?.objectValue ?? JSONObject() {
            if let helper = helper.stringValue, !helper.isEmpty { helpers[Keychain.key(registry)] = helper }
        }
        if let helper = document["credsStore"]?.stringValue, !helper.isEmpty { defaultHelper = helper }
    }

    /// All credentials for the repositories of `references`; helpers are asked once for each registry or path that they
    /// are configured for.
    func source(
        for references: [ImageReference],
        environment: [String: String]
    ) -> (source: Keychain.Source, problems: [String]) {
        var source = Keychain.Source(entries: auths)
        var problems = problems
        var asked: Set<String> = []
        for reference in references {
            guard let (key, helper) = helper(for: reference), asked.insert(key).inserted else { continue }
            let server = key == ImageReference.defaultRegistry ? "https://index.docker.io/v1/" : key
            do throws(KeychainError) {
                if let found = try CredentialHelper(name: helper, environment: environment).get(server) {
                    source.entries[key] = .success(found)
                }
            } catch {
                problems.append(error.description)
            }
        }
        return (source, problems)
    }

    /// The helper for a repository, and what it is to be asked about.
    private func helper(for reference: ImageReference) -> (key: String, helper: String)? {
        var path = Substring(reference.context)
        while true {
            if let helper = helpers[String(path)] { return (String(path), helper) }
            guard let slash = path.lastIndex(of: "/") else { break }
            path = path[..<slash]
        }
        return defaultHelper.map { (reference.registry, $0) }
    }

    /// The credential of one entry of `auths`; an entry may be empty where a helper has the credential.
    private static func credential(_ entry: JSONValue) throws(KeychainError) -> Credential? {
        func value(_ key: String) -> String? { entry[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        if let token = value("registrytoken") { return .registryToken(token) }
        if let token = value("identitytoken") { return .identityToken(token) }
        if let encoded = value("auth") {
            // The file's value may lack padding or end with a NUL (Docker for Mac), so it is written anew.
            guard let decoded = Base64.decode(encoded.filter { !$0.isWhitespace }) else {
                throw KeychainError("auth is not valid Base64")
            }
            let pair = decoded.filter { $0 != 0 }
            guard pair.contains(UInt8(ascii: ":")) else { throw KeychainError("auth is not user:password") }
            return .basic(Base64.encode(pair))
        }
        guard let user = value("username"), let password = value("password") else { return nil }
        return .basic(Base64.encode(Array("\(user):\(password)".utf8)))
    }
}
