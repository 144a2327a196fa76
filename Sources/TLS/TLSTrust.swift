/// Whom a TLS client trusts, and what it shows of itself.
public struct TLSTrust: Hashable, Sendable {
    /// Where certificates of trusted authorities are.
    public struct Authorities: Hashable, Sendable {
        /// Files with one or more PEM certificates.
        public var files: [String]
        /// Which of the files must hold certificates, since somebody has named them.
        var required: Set<String>
        /// Directories in OpenSSL's layout, searched by the hash of a name.
        public var hashedDirectories: [String]

        /// Makes a list of places.
        ///
        /// - Parameters:
        ///   - files: files with PEM certificates that must be usable
        ///   - hashedDirectories: directories in OpenSSL's layout
        public init(files: [String] = [], hashedDirectories: [String] = []) {
            self.files = files
            required = Set(files)
            self.hashedDirectories = hashedDirectories
        }

        /// Adds a file with PEM certificates that must be usable.
        public mutating func require(_ file: String) {
            files.append(file)
            required.insert(file)
        }

        func isRequired(_ file: String) -> Bool { required.contains(file) }
    }

    /// Our own certificate.
    public struct Identity: Hashable, Sendable {
        /// PEM file with our certificate and those that lead to its authority.
        public var certificateFile: String
        /// PEM file with the private key, without a passphrase.
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// Whether the server must prove its name with a trusted certificate.
    public var verifiesPeer: Bool
    /// Whose certificates are trusted.
    public var authorities: Authorities
    /// What we show to servers that ask who we are.
    public var identity: Identity?

    public init(verifiesPeer: Bool = true, authorities: Authorities = Authorities(), identity: Identity? = nil) {
        self.verifiesPeer = verifiesPeer
        self.authorities = authorities
        self.identity = identity
    }

    /// Trusts anybody, for registries that are declared insecure.
    public static let anyone = TLSTrust(verifiesPeer: false)
}
