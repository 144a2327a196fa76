import CNBCore
public import OCI

/// A buildpack or image extension that is not on the builder, and so has to be brought.
public enum ModuleFetch: Hashable, Sendable {
    /// A directory, `.tgz` or `.cnb` on this machine.
    case path(String)
    /// A `.tgz` or `.cnb` behind a web address.
    case download(String)
    /// A buildpackage in an image registry.
    case image(ImageReference)
    /// A buildpack of a buildpack registry, whose index says which image it is.
    case registry(RegistryID, version: String?)
    /// A buildpack of project.toml, to be written.
    case inline(InlineBuildpack)
}

extension ModuleFetch: CustomStringConvertible {
    /// What people wrote, or nearly so.
    public var description: String {
        switch self {
        case .path(let path): path
        case .download(let address): address
        case .image(let reference): "docker://\(reference)"
        case .registry(let id, let version): "urn:cnb:registry:\(id)" + (version.map { "@\($0)" } ?? "")
        case .inline(let buildpack): "\(buildpack.id)@\(buildpack.version) of project.toml"
        }
    }
}
