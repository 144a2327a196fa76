import Archive
import ImageStores
public import OCI
import POSIX

extension LocalStore {
    /// All images, by name and platform.
    ///
    /// - Returns: An entry for each; what can't be read of a damaged image is empty.
    /// - Throws: `LibraryError` when the index can't be read.
    public func list() throws(LibraryError) -> [StoredName] {
        var names: [StoredName] = []
        for descriptor in try entries() {
            guard let name = descriptor.annotations[ImageIndex.refName] else { continue }
            let image = try? BlobImage(name, descriptor, in: layout)
            names.append(
                StoredName(
                    name: name,
                    digest: descriptor.digest,
                    size: image?.allBlobs.totalSize ?? descriptor.size,
                    created: image?.config.created ?? "",
                    platform: image?.platform ?? descriptor.platform ?? OCIPlatform(os: "", architecture: "")
                )
            )
        }
        return names.sorted { ($0.name, $0.platform.description) < ($1.name, $1.platform.description) }
    }

    /// The image with a name.
    ///
    /// - Parameters:
    ///   - name: A reference in any spelling, or another name that ``list()`` shows, or `sha256:…` of a manifest.
    ///   - platform: What it is to be for; `linux` on this processor by default.
    /// - Returns: The image; `nil` when there is none for the platform. Without a lease that holds it, it may go away.
    /// - Throws: `LibraryError` when the name is none, or the image is damaged.
    public func image(named name: String, platform: OCIPlatform? = nil) throws(LibraryError) -> (any StoredImage)? {
        let digest = Digest(parsing: name)
        let key = digest == nil ? try StoreName.canonical(name) : ""
        let wanted = platform ?? .current
        let matches = try entries().filter { entry in
            if let digest { return entry.digest == digest }
            return entry.annotations[ImageIndex.refName] == key && entry.platform?.satisfies(wanted) ?? true
        }
        guard let descriptor = matches.first else { return nil }
        let title = descriptor.annotations[ImageIndex.refName] ?? name
        return try onImage(title) { () throws(OCIError) in try BlobImage(title, descriptor, in: layout) }
    }

    /// Takes an image in, under names that lead to it from then on.
    ///
    /// Blobs that the store has are not read again; all others are checked by their digests.
    ///
    /// - Parameters:
    ///   - image: An image from anywhere.
    ///   - names: Its names, as for ``image(named:platform:)``; without any, it stays for as long as the lease.
    ///   - lease: Holds the image.
    ///   - options: How blobs are copied.
    /// - Returns: The image in the store.
    /// - Throws: `LibraryError` when the image is broken or the disk full; the store is as before then.
    @discardableResult
    public func add(
        _ image: any StoredImage,
        names: [String],
        holding lease: StoreLease,
        options: CopyOptions = CopyOptions()
    ) throws(LibraryError) -> any StoredImage {
        var keys: [String] = []
        for name in names { keys.append(try StoreName.canonical(name)) }
        let manifest = try onImage(image.reference) { () throws(OCIError) in try image.manifestBytes() }
        let blobs = image.contentBlobs
        let missing = try exclusively { () throws(LibraryError) in
            try lease.hold(image.allBlobs.map(\.digest) + [ChainID.of(image.config.diffIDs)])
            return blobs.filter { !layout.hasBlob($0) }
        }
        try BlobCopy(image, into: self, lease: lease, options: options).run(missing)
        var descriptor = Descriptor(
            mediaType: image.manifest.mediaType ?? .ociManifest,
            digest: image.manifestDigest,
            size: Int64(manifest.count)
        )
        descriptor.platform = image.platform
        try writeBlob(manifest, digest: descriptor.digest, lease: lease)
        try point(keys, at: descriptor)
        let title = keys.first ?? image.reference
        return try onImage(title) { () throws(OCIError) in try BlobImage(title, descriptor, in: layout) }
    }

    /// Takes names away from the images that have them; ``prune(images:)`` makes room then.
    ///
    /// - Parameter name: A name, as for ``image(named:platform:)``; with a digest, all names of the image go away.
    /// - Returns: What was taken away; nothing when there is no such image.
    /// - Throws: `LibraryError`.
    @discardableResult
    public func remove(_ name: String) throws(LibraryError) -> [String] {
        let digest = Digest(parsing: name)
        let key = digest == nil ? try StoreName.canonical(name) : ""
        return try exclusively { () throws(LibraryError) in
            let entries = try entries()
            let isMeant = { (entry: Descriptor) in
                digest.map { entry.digest == $0 } ?? (entry.annotations[ImageIndex.refName] == key)
            }
            let removed = entries.filter(isMeant)
            guard !removed.isEmpty else { return [] }
            try write(entries.filter { !isMeant($0) })
            return removed.compactMap { $0.annotations[ImageIndex.refName] }
        }
    }

    // MARK: - Parts

    /// Writes a small blob, unless it is there.
    func writeBlob(_ bytes: [UInt8], digest: Digest, lease: StoreLease) throws(LibraryError) {
        guard !layout.hasBlob(Descriptor(mediaType: .ociManifest, digest: digest, size: Int64(bytes.count))) else {
            return
        }
        try system { () throws(POSIXError) in
            try StoreFile.write(bytes, to: layout.blobPath(digest), in: lease.temporaryDir)
        }
    }

    /// Makes names lead to an image; others for other platforms keep theirs.
    func point(_ names: [String], at descriptor: Descriptor) throws(LibraryError) {
        guard !names.isEmpty else { return }
        try exclusively { () throws(LibraryError) in
            let before = try entries()
            var entries = before
            for name in names {
                var entry = descriptor
                entry.annotations[ImageIndex.refName] = name
                if entries.contains(entry) { continue }
                entries.removeAll {
                    $0.annotations[ImageIndex.refName] == name && ($0.platform == nil || $0.platform == entry.platform)
                }
                entries.append(entry)
            }
            // A build that changes nothing need not wait for the disk.
            if entries != before { try write(entries) }
        }
    }
}
