/// A place that knows credentials for a registry; the credentials themselves are not in it.
public struct CredentialPlace: Hashable, Sendable {
    /// The registry, perhaps with a path; `*` for all that have no other entry.
    public var registry: String
    /// Where the credentials come from, such as `in ~/.docker/config.json` or `by docker-credential-pass`.
    public var origin: String
}

extension Keychain {
    /// The places where credentials are found, in the order in which they are asked; no helper is run.
    ///
    /// - Parameter environment: all variables by name
    /// - Returns: the places, and what is wrong with those that can't be read
    public static func listing(environment: [String: String]) -> (places: [CredentialPlace], problems: [String]) {
        var places: [CredentialPlace] = []
        var problems: [String] = []
        do throws(KeychainError) {
            let source = try EnvironmentCredentials.source(environment: environment)
            places += source.entries.keys.sorted().map {
                CredentialPlace(registry: $0, origin: "in \(EnvironmentCredentials.variable)")
            }
        } catch {
            problems.append(error.description)
        }
        guard let path = DockerConfiguration.path(environment: environment) else { return (places, problems) }
        do throws(KeychainError) {
            let listing = try DockerConfiguration(path: path).listing
            return (places + listing.places, problems + listing.problems)
        } catch {
            return (places, problems + [error.description])
        }
    }
}

extension DockerConfiguration {
    /// The registries that the file has credentials or helpers for.
    fileprivate var listing: (places: [CredentialPlace], problems: [String]) {
        var places = auths.keys.sorted().map { CredentialPlace(registry: $0, origin: "in \(path)") }
        places += helpers.sorted { $0.key < $1.key }.map {
            CredentialPlace(registry: $0.key, origin: "by docker-credential-\($0.value), which \(path) names")
        }
        if let helper = defaultHelper {
            places.append(CredentialPlace(registry: "*", origin: "by docker-credential-\(helper), which \(path) names"))
        }
        return (places, problems)
    }
}
