/// The most that is read of files which buildpacks, platforms and images bring, in bytes.
///
/// What is larger is an error that names the file and the limit: no honest file comes near, and a build must not end for
/// lack of memory because of one. The limits are listed in `docs/limits.md`.
public enum FileLimit {
    /// Any TOML file of the buildpack or platform interface: descriptors, orders, groups, plans, `<layer>.toml`,
    /// launch.toml, build.toml, store.toml, analyzed.toml, metadata.toml, project-metadata.toml.
    public static let toml = 16 << 20
    /// A file in an `env` directory; the kernel takes no variable of more than 128 KiB.
    public static let environmentFile = 1 << 20
    /// What one `exec.d` program writes.
    public static let execD = 16 << 20
    /// A Dockerfile of an image extension.
    public static let dockerfile = 1 << 20
    /// A small file of the operating system, such as os-release.
    public static let systemFile = 1 << 20
    /// The note of a layer's diff id, `<layer>.sha`.
    public static let diffIDNote = 4096
}
