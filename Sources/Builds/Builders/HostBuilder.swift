import BuildpackModel
import Distribution
import OCI
import POSIX
import Sandbox

/// This machine as a builder: its system, read-only, with the buildpacks that come with us.
enum HostBuilder {
    /// The name by which the user asks for it.
    static let name = "host"

    /// Describes this machine as a builder.
    ///
    /// - Parameter installation: Has our buildpacks.
    /// - Returns: The builder.
    /// - Throws: `BuildError` when they are not there, or broken.
    static func builder(_ installation: Installation) throws(BuildError) -> Builder {
        var metadata = BuilderMetadata(user: BuilderUser(uid: 1000, gid: 1000))
        metadata.description = "this machine"
        var modules: [BroughtModule] = []
        if let directory = installation.buildpacksDir {
            for entry in try system({ () throws(POSIXError) in try FileSystem.list(directory) }) {
                let place = Path.join(directory, entry.name)
                guard ModuleDirectories.kind(of: place) == .buildpack else { continue }
                let module = try ModuleDirectories.module(in: place, .buildpack)
                metadata.modules.append(module)
                let element = GroupElement(id: module.id, version: module.version)
                modules.append(BroughtModule(kind: .buildpack, element: element, directory: place))
            }
        }
        metadata.modules.sort { $0.identity < $1.identity }
        // The composite ones say in which order the others are tried.
        metadata.order = Order(
            groups: metadata.modules.filter(\.isComposite).map { [GroupElement(id: $0.id, version: $0.version)] }
        )
        return Builder(
            name: name,
            identity: name,
            root: .host,
            metadata: metadata,
            environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            modules: modules,
            platform: .current
        )
    }

    /// What programs see of this machine: where its programs, libraries and settings are, and nothing of its users.
    static var mounts: [Mount] {
        var mounts: [Mount] = []
        for entry in (try? FileSystem.list("/")) ?? [] {
            let name = entry.name
            guard ["bin", "etc", "gnu", "nix", "opt", "sbin", "usr"].contains(name) || name.hasPrefix("lib") else {
                continue
            }
            let path = "/\(name)"
            if entry.type == .symlink, let target = try? FileSystem.readLink(path) {
                mounts.append(Mount(.link(target: target), at: path))
            } else if FileSystem.isDirectory(path) {
                mounts.append(.bind(path))
            }
        }
        return mounts
    }
}
