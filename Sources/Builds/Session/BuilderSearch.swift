import BuildpackModel
import Distribution
import ImageLibrary
import OCI
import POSIX

/// Finds the builder and unpacks it.
struct BuilderSearch {
    let images: ImageSource
    let installation: Installation
    let platform: OCIPlatform

    /// Finds a builder by what the user calls it.
    func builder(_ name: String) throws(BuildError) -> Builder {
        if name == HostBuilder.name {
            guard platform.satisfies(OCIPlatform(os: "linux", architecture: OCIPlatform.current.architecture)) else {
                throw BuildError(
                    .usage,
                    "this machine, \(OCIPlatform.current), can't be the builder of an app for \(platform)",
                    help: "name a builder for that platform with --builder"
                )
            }
            return try HostBuilder.builder(installation)
        }
        let location: ImageLocation
        do throws(LibraryError) {
            location = try ImageLocation(parsing: name)
        } catch {
            throw BuildError(
                .usage,
                "builder: \(error)",
                help: "name an image, a file or directory that holds one, a builder's root, or 'host' for this machine"
            )
        }
        if case .root(let directory) = location { return try builder(name, at: directory) }
        let image = try images.pull(location)
        var metadata: BuilderMetadata
        do throws(DistributionError) {
            metadata = try BuilderMetadata(config: image.config, image: name)
        } catch {
            throw BuildError(
                .failed,
                "\(error)",
                help: "a builder is an image that `pack builder create` or the like has made"
            )
        }
        let root = try images.root(of: image)
        try BuilderFiles(root: root).complete(&metadata)
        return Builder(
            name: name,
            identity: "\(name)@\(image.manifestDigest)",
            root: .directory(root),
            metadata: metadata,
            environment: image.config.container.environment,
            image: image,
            platform: image.platform
        )
    }

    /// A builder whose root lies unpacked in a directory.
    private func builder(_ name: String, at directory: String) throws(BuildError) -> Builder {
        let files = BuilderFiles(root: directory)
        var metadata = BuilderMetadata(user: files.user)
        try files.complete(&metadata)
        return Builder(
            name: name,
            identity: directory,
            root: .directory(directory),
            metadata: metadata,
            environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            platform: .current
        )
    }
}
