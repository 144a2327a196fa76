import Archive
public import OCI
import POSIX

/// A directory with an OCI image layout for each image, at a path made of the image's name.
///
/// Images are named by their references (`registry/app:1`), or by what this store calls them: the path of the layout,
/// or path and digest, as they stand in analyzed.toml.
///
/// See the [platform specification](https://github.com/buildpacks/spec/blob/main/platform.md#map-an-image-reference-to-a-path-in-the-layout-directory).
public final class LayoutStore: ImageStore {
    /// The directory that all layouts are below.
    public let layoutDir: String

    public init(layoutDir: String) { self.layoutDir = layoutDir }

    // MARK: - Names

    /// The path of the layout with an image.
    ///
    /// - Parameter reference: The image's reference, or a path below the layout directory, with or without a digest.
    /// - Returns: A path below the layout directory.
    /// - Throws: `OCIError.invalidReference` when it is neither.
    public func path(for reference: String) throws(OCIError) -> String {
        try location(of: reference).path
    }

    /// Where an image is, and which one of those in the layout is meant.
    func location(of reference: String) throws(OCIError) -> (path: String, digest: Digest?) {
        let (name, digest) = Self.splitIdentifier(reference)
        if Path.isBelow(name, layoutDir), Path.clean(name) != Path.clean(layoutDir) {
            return (Path.clean(name), digest)
        }
        let path = Path.join(layoutDir, Self.relativePath(of: try ImageReference(reference)))
        // Repositories may have dots, and so `..` between their slashes.
        guard Path.isBelow(path, layoutDir), path != Path.clean(layoutDir) else {
            throw .invalidReference(reference, reason: "its path leads out of the layout directory")
        }
        return (path, nil)
    }

    /// The path that a reference stands for: `<registry>/<repository>/<tag>` or `…/sha256/<digits>`.
    ///
    /// - Parameter reference: A reference with tag or digest.
    /// - Returns: The path from the layout directory.
    public static func relativePath(of reference: ImageReference) -> String {
        let repository = Path.join(reference.registry, reference.repository)
        switch reference.selector {
        case .tag(let tag): return Path.join(repository, tag)
        case .digest(let digest): return Path.join(repository, digest.algorithm, digest.hex)
        }
    }

    private static func splitIdentifier(_ text: String) -> (name: String, digest: Digest?) {
        guard let at = text.lastIndex(of: "@"), let digest = try? Digest(String(text[text.index(after: at)...])) else {
            return (text, nil)
        }
        return (String(text[..<at]), digest)
    }

    // MARK: - Images

    /// Opens the image of a layout; manifest and config are verified.
    ///
    /// - Parameters:
    ///   - reference: The image's reference, path or identifier.
    ///   - platform: Which image to take where the layout has several; `linux` on this processor by default.
    /// - Returns: The image, `nil` when there is no layout at its path.
    /// - Throws: `OCIError` when the layout is malformed, or has several images and none of them fits.
    public func open(_ reference: String, platform: OCIPlatform?) throws(OCIError) -> (any StoredImage)? {
        let (path, digest) = try location(of: reference)
        let layout = LayoutDirectory(path: path)
        guard let index = try layout.readIndex() else { return nil }
        let descriptor = try layout.image(in: index, digest: digest, platform: platform ?? .current)
        return try LayoutImage(layout: layout, descriptor: descriptor)
    }

    /// Makes sure that the image's layout is readable, if there is one.
    ///
    /// - Parameter reference: The image's reference, path or identifier.
    /// - Throws: `OCIError` when the layout cannot be read.
    public func checkReadAccess(_ reference: String) throws(OCIError) {
        _ = try LayoutDirectory(path: path(for: reference)).readIndex()
    }

    /// Makes sure that a layout can be made for the image.
    ///
    /// - Parameter reference: The image's reference or path.
    /// - Throws: `OCIError` when the directory may not be written to.
    public func checkWriteAccess(_ reference: String) throws(OCIError) {
        var directory = try path(for: reference)
        while !FileSystem.exists(directory), directory != Path.directory(directory) {
            directory = Path.directory(directory)
        }
        guard FileSystem.isWritable(directory) else {
            throw OCIError(POSIXError(.permissionDenied, "open", directory))
        }
    }

    /// The layout that an image is written to.
    ///
    /// - Parameter reference: The image's reference or path.
    /// - Returns: A destination whose blobs go to the image's path, also for further names.
    /// - Throws: `OCIError.invalidReference` for a name that is neither.
    public func destination(for reference: String) throws(OCIError) -> any ImageDestination {
        LayoutDestination(store: self, path: try path(for: reference))
    }

    /// What messages and reports call an image: the path of its layout.
    ///
    /// - Parameter reference: The image's reference or path.
    /// - Returns: A path below the layout directory.
    /// - Throws: `OCIError.invalidReference` for a name that is neither.
    public func displayName(of reference: String) throws(OCIError) -> String { try path(for: reference) }
}

extension OCIError {
    /// A failure of the file system below a layout.
    init(_ error: POSIXError) {
        let kind: StoreFailure.Kind =
            switch error.errno {
            case .permissionDenied, .notPermitted: .denied
            case .noSuchFile: .notFound
            default: .other
            }
        self = .store(StoreFailure(kind: kind, message: error.description))
    }
}
