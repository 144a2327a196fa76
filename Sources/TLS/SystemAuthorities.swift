import POSIX

extension TLSTrust.Authorities {
    /// Where distributions keep the bundle of all trusted authorities.
    ///
    /// A static program cannot know at build time which distribution it will run on.
    private static let bundles = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]
    private static let directories = ["/etc/ssl/certs", "/etc/pki/tls/certs"]

    /// The authorities that the system trusts, or those that the environment names instead of them.
    ///
    /// `SSL_CERT_FILE` replaces the bundle, `SSL_CERT_DIR` (separated by colons) the directories. All files of a
    /// directory that is named so are read, whatever their names, unless they have the names that OpenSSL looks for.
    ///
    /// - Parameter environment: all variables by name
    /// - Returns: the places; none if the system has none
    public static func system(environment: [String: String]) -> TLSTrust.Authorities {
        var authorities = TLSTrust.Authorities()
        if let file = environment["SSL_CERT_FILE"], !file.isEmpty {
            authorities.files = [file]
        } else if let file = bundles.first(where: FileSystem.exists) {
            authorities.files = [file]
        }
        if let named = environment["SSL_CERT_DIR"], !named.isEmpty {
            for directory in named.split(separator: ":").map(String.init) {
                authorities.files += files(in: directory)
                authorities.hashedDirectories.append(directory)
            }
        } else {
            authorities.hashedDirectories = directories.filter(FileSystem.exists)
        }
        return authorities
    }

    /// Whether a name is one that `c_rehash` gives: eight hexadecimal digits, a dot, a number.
    private static func isHashed(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].utf8.count == 8 && UInt32(parts[0], radix: 16) != nil
            && UInt8(parts[1]) != nil
    }

    private static func files(in directory: String) -> [String] {
        guard let entries = try? FileSystem.list(directory) else { return [] }
        // Where the files have OpenSSL's names, it finds the one that it needs without reading them all.
        guard !entries.contains(where: { isHashed($0.name) }) else { return [] }
        return entries.map { Path.join(directory, $0.name) }.filter { path in
            (try? FileSystem.status(path))?.type == .regular
        }
    }
}
