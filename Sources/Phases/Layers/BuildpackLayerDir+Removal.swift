import POSIX

extension BuildpackLayerDir {
    /// The path of `<layer>.toml`.
    var metadataPath: String { "\(path).toml" }

    /// Removes the contents and all that the lifecycle keeps beside them.
    func remove() throws(POSIXError) {
        try FileSystem.removeTree(path)
        for file in ["\(path).sha", metadataPath] where FileSystem.exists(file) { try FileSystem.removeFile(file) }
    }

    /// Whether the name, which may come from a label or a cache, names nothing outside of the buildpack's directory.
    var hasValidName: Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }
}
