public import OCI

/// When an image of a registry or daemon is asked for again, although the store has it.
public enum PullPolicy: String, Hashable, Sendable, CaseIterable {
    /// Each time; layers that the store has are not fetched again.
    case always
    /// Only when the store does not have it.
    case missing
    /// Not even then.
    case never
}

extension LocalStore {
    /// Takes an image in from wherever it is.
    ///
    /// Files and directories are looked at each time, whatever the policy says.
    ///
    /// - Parameters:
    ///   - location: Where the image is; no root.
    ///   - platform: What it is to be for; `linux` on this processor by default.
    ///   - policy: When a registry or daemon is asked.
    ///   - remote: The way there.
    ///   - lease: Holds the image.
    ///   - options: How blobs are copied.
    /// - Returns: The image in the store, whole.
    /// - Throws: `LibraryError`; the store is as before then.
    public func pull(
        _ location: ImageLocation,
        platform: OCIPlatform? = nil,
        policy: PullPolicy = .missing,
        from remote: RemoteImages,
        holding lease: StoreLease,
        options: CopyOptions = CopyOptions()
    ) throws(LibraryError) -> any StoredImage {
        let name = location.storeName
        let isFile =
            location.transport == .layout || location.transport == .layoutArchive
            || location.transport == .dockerArchive
        if location.transport == .store || (policy != .always && !isFile) {
            let present = try present(name, platform: platform, holding: lease)
            if let present { return present }
            if location.transport == .store { throw .notFound(name: name, place: "the local store") }
            guard policy != .never else { throw .notInStore(name: name) }
        }
        let source = try remote.open(location, platform: platform, temporaryDir: lease.temporaryDir)
        var options = options
        let isCancelled = options.isCancelled
        let isRemoteCancelled = remote.options.isCancelled
        options.isCancelled = { isCancelled() || isRemoteCancelled() }
        return try add(source, names: [name], holding: lease, options: options)
    }

    /// The image with a name, if the store has all of it.
    private func present(
        _ name: String,
        platform: OCIPlatform?,
        holding lease: StoreLease
    ) throws(LibraryError) -> (any StoredImage)? {
        do throws(LibraryError) {
            guard let image = try image(named: name, platform: platform) else { return nil }
            try hold(image, by: lease)
            return image
        } catch {
            // An image that has lost something is fetched again.
            guard case .image(_, let cause) = error else { throw error }
            switch cause {
            case .blobNotFound, .digestMismatch, .sizeMismatch, .malformed: return nil
            default: throw error
            }
        }
    }
}
