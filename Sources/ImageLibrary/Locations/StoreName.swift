public import OCI

/// The names that images have in the local store.
public enum StoreName {
    /// The name that all spellings of a reference share: `docker.io/library/app:latest`.
    ///
    /// - Parameter reference: A reference.
    /// - Returns: The name with registry and tag or digest; Docker Hub is called as people call it.
    public static func full(_ reference: ImageReference) -> String {
        guard reference.registry == ImageReference.defaultRegistry else { return reference.name }
        return "docker.io" + reference.name.dropFirst(ImageReference.defaultRegistry.count)
    }

    /// The name for people: without what is understood, `app:latest`.
    ///
    /// - Parameter name: A name in the store.
    /// - Returns: A name that leads to the same image.
    public static func short(_ name: String) -> String {
        for prefix in ["docker.io/library/", "docker.io/"] where name.hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        return name
    }

    /// The name in the store that is meant by a user's text.
    ///
    /// - Parameter text: A reference in any spelling, or where an image came from (`oci-archive:/tmp/builder.tar`).
    /// - Returns: The name as the store has it.
    /// - Throws: `LibraryError.invalidName` where it is neither.
    public static func canonical(_ text: String) throws(LibraryError) -> String {
        if let (transport, _) = ImageTransport.split(text), transport != .store { return text }
        do throws(OCIError) {
            return full(try ImageReference(text))
        } catch {
            guard case .invalidReference(_, let reason) = error else { throw .image(name: text, error) }
            throw .invalidName(text, expected: "an image reference: \(reason)")
        }
    }
}
