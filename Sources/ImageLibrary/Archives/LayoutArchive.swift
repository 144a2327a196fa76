import OCI

/// A tar with an OCI image layout.
struct LayoutArchive {
    private let archive: ArchiveFile

    init(_ archive: ArchiveFile) { self.archive = archive }

    /// Whether there is a layout in the archive.
    var exists: Bool { archive.range(of: "index.json") != nil }

    /// Opens the image for a platform.
    ///
    /// - Parameters:
    ///   - name: What messages call it.
    ///   - tag: Which image is meant; nil for any.
    ///   - platform: What it is to be for.
    /// - Returns: The image.
    /// - Throws: `LibraryError` when it is broken, or there is none.
    func open(_ name: String, tag: String?, platform: OCIPlatform) throws(LibraryError) -> BlobImage {
        guard let bytes = try archive.read("index.json") else {
            throw .notAnImage(path: archive.path, reason: "expected an OCI layout, but index.json is missing")
        }
        let blobs = ArchiveBlobs(archive: archive)
        return try onImage(name) { () throws(OCIError) in
            let index = try ImageIndex(parsing: bytes, of: name).named(tag, in: name)
            return try BlobImage(name, try blobs.choose(from: index, platform: platform, of: name), in: blobs)
        }
    }
}

extension ImageIndex {
    /// Under which annotation an index may say what an image is called.
    static let refName = "org.opencontainers.image.ref.name"

    /// The part of the index that has a name.
    ///
    /// - Parameters:
    ///   - tag: The name; nil for all.
    ///   - place: What messages call the layout.
    /// - Returns: The index with the images that are called so.
    /// - Throws: `OCIError.store` with the names that there are, when none is called so.
    func named(_ tag: String?, in place: String) throws(OCIError) -> ImageIndex {
        guard let tag else { return self }
        let found = manifests.filter { $0.annotations[Self.refName] == tag }
        guard !found.isEmpty else {
            let names = manifests.compactMap { $0.annotations[Self.refName] }.joined(separator: ", ")
            let message =
                "\(place): no image is called \(tag); \(names.isEmpty ? "none has a name" : "there are \(names)")"
            throw .store(StoreFailure(kind: .notFound, message: message))
        }
        return ImageIndex(mediaType: mediaType, manifests: found, annotations: annotations)
    }
}
