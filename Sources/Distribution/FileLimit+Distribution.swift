public import CNBCore

extension FileLimit {
    /// project.toml, package.toml and other descriptors that people write.
    public static let projectDescriptor = 1 << 20
    /// A file of environment variables.
    public static let variablesFile = 1 << 20
    /// The file about one buildpack in a registry's index.
    public static let registryIndexFile = 4 << 20
    /// One label of an image.
    public static let label = 8 << 20
}

/// Refuses a text that is larger than its limit.
func checkSize(_ size: Int, of what: String, limit: Int) throws(DistributionError) {
    guard size <= limit else { throw .tooLarge(what, size: size, limit: limit) }
}
