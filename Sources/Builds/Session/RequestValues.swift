import OCI
import POSIX

/// Values of a request that have to be understood before anything is done.
enum RequestValues {
    /// Makes sure that what is to be shown to a build is there.
    static func checkPlaces(_ request: BuildRequest) throws(BuildError) {
        for volume in request.volumes {
            guard Path.isAbsolute(volume.target), Path.clean(volume.target) != "/" else {
                throw BuildError(
                    .usage,
                    "--volume \(volume.source):\(volume.target): the second path is the build's, and has to be absolute"
                )
            }
            guard FileSystem.exists(volume.source) else {
                throw BuildError(.usage, "--volume \(volume.source):\(volume.target): there is no '\(volume.source)'")
            }
        }
        for binding in request.bindings where !FileSystem.isDirectory(binding.directory) {
            throw BuildError(
                .usage,
                "--binding \(binding.type)=\(binding.directory): there is no such directory",
                help: "a binding is a directory with a file for each of its entries"
            )
        }
        for file in request.caCertificates where !FileSystem.isRegularFile(file) {
            throw BuildError(.usage, "--ca-cert \(file): there is no such file")
        }
    }

    /// `os/arch[/variant]`.
    static func platform(_ text: String?) throws(BuildError) -> OCIPlatform {
        guard let text else { return .current }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }), parts[0] == "linux" else {
            throw BuildError(.usage, "--platform '\(text)': expected linux/ARCH[/VARIANT], such as linux/amd64")
        }
        return OCIPlatform(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : "")
    }

    /// Seconds since 1970, or `now`.
    static func creationTime(_ text: String?) throws(BuildError) -> Int64? {
        guard let text else { return nil }
        if text == "now" { return Clock.now.seconds }
        guard let seconds = Int64(text), seconds >= 0 else {
            throw BuildError(.usage, "--creation-time '\(text)': expected seconds since 1970, or now")
        }
        return seconds
    }

    /// The environment with certificates to trust besides the system's.
    ///
    /// - Parameters:
    ///   - files: Files with certificates.
    ///   - directory: Has room for a directory of links to them.
    ///   - environment: All variables by name.
    /// - Returns: The environment, with `SSL_CERT_DIR`.
    /// - Throws: `BuildError` when a file can't be read.
    static func trusting(
        _ files: [String],
        in directory: BuildDirectory,
        _ environment: [String: String]
    ) throws(BuildError) -> [String: String] {
        guard !files.isEmpty else { return environment }
        let place = Path.join(directory.path, "certificates")
        try system { () throws(POSIXError) in
            try FileSystem.makeDirectories(place)
            for (number, file) in files.enumerated() {
                try FileSystem.copyFile(file, to: Path.join(place, "\(number).crt"), mode: 0o644)
            }
        }
        var environment = environment
        let own = environment["SSL_CERT_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        environment["SSL_CERT_DIR"] = ([own].compactMap { $0 } + [place]).joined(separator: ":")
        return environment
    }
}
