/// The ways in which images are kept, by the names that container tools know them by.
public enum ImageTransport: String, Sendable, CaseIterable {
    /// A registry.
    case registry
    /// A directory with an OCI image layout.
    case layout = "oci"
    /// An OCI image layout in a tar.
    case layoutArchive = "oci-archive"
    /// A tar as `docker save` writes it and `docker load` reads it.
    case dockerArchive = "docker-archive"
    /// A Docker daemon.
    case daemon = "docker-daemon"
    /// The local store.
    case store

    /// Splits `TRANSPORT:REST`.
    ///
    /// - Parameter text: A name of an image or of a place for one.
    /// - Returns: The transport and what follows its colon; `nil` where the text begins with no transport.
    static func split(_ text: String) -> (transport: ImageTransport, rest: String)? {
        guard let colon = text.firstIndex(of: ":"), let transport = ImageTransport(rawValue: String(text[..<colon])),
            // A single registry may be called as a transport is.
            transport != .registry
        else { return nil }
        return (transport, String(text[text.index(after: colon)...]))
    }

    /// Splits `PATH[:TAG]` as other tools do: a colon before the last slash belongs to the path.
    static func splitTag(_ text: String) -> (path: String, tag: String?) {
        guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") else { return (text, nil) }
        let tag = String(text[text.index(after: colon)...])
        return (String(text[..<colon]), tag.isEmpty ? nil : tag)
    }
}
