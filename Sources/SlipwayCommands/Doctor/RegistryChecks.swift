import ImageStores
import POSIX
import TLS

/// Looks at what this machine has for talking to registries; no secret is read further than to see that it is there.
struct RegistryChecks {
    /// The environment variables.
    let environment: [String: String]

    /// Looks at credentials, proxies and certificates.
    /// - Returns: The checks.
    func all() -> [DoctorCheck] {
        credentials() + proxies() + [certificates()]
    }

    private func credentials() -> [DoctorCheck] {
        let found = Keychain.listing(environment: environment)
        var checks = found.places.map { place in
            DoctorCheck(name: "credentials", state: .fine, detail: "for \(place.registry) \(place.origin)")
        }
        for problem in found.problems {
            checks.append(
                DoctorCheck(
                    name: "credentials",
                    state: .warning,
                    detail: problem,
                    remedies: ["repair or remove the file"]
                )
            )
        }
        if checks.isEmpty {
            let detail = "none: registries are used anonymously"
            checks.append(DoctorCheck(name: "credentials", state: .fine, detail: detail))
        }
        return checks
    }

    private func proxies() -> [DoctorCheck] {
        var found: [String] = []
        for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"] {
            guard let value = environment[name], !value.isEmpty else { continue }
            found.append("\(name)=\(Self.withoutSecret(value))")
        }
        return found.isEmpty ? [] : [DoctorCheck(name: "proxies", state: .fine, detail: found.joined(separator: ", "))]
    }

    /// An address without the user and password in it.
    static func withoutSecret(_ address: String) -> String {
        guard let at = address.lastIndex(of: "@") else { return address }
        let parts = address[..<at].split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let scheme = parts.count == 3 && parts[1].isEmpty ? "\(parts[0])//" : ""
        return scheme + "***" + address[at...]
    }

    private func certificates() -> DoctorCheck {
        let authorities = TLSTrust.Authorities.system(environment: environment)
        let places = authorities.files + authorities.hashedDirectories
        let missing = places.filter { !FileSystem.exists($0) }
        if let missing = missing.first {
            return DoctorCheck(
                name: "certificates",
                state: .warning,
                detail: "\(missing) is not there",
                remedies: ["correct or unset SSL_CERT_FILE and SSL_CERT_DIR"]
            )
        }
        if let place = places.first { return DoctorCheck(name: "certificates", state: .fine, detail: place) }
        return DoctorCheck(
            name: "certificates",
            state: .warning,
            detail: "none: registries with TLS can't be verified",
            remedies: ["install them: sudo apt-get install ca-certificates", "name a file with SSL_CERT_FILE"]
        )
    }
}
