public import Archive
import ImageStores
public import OCI
import POSIX

/// Images, and the roots that were unpacked from them, in a directory of the user's: content-addressed, and safe to be
/// used by several processes and threads at once.
///
/// The directory is an OCI image layout, so other tools can read it. Beside `index.json` and `blobs`, it has:
///
/// - `roots/<chain id>/rootfs`: the file trees of images, see ``root(of:holding:)``.
/// - `leases` and `tmp`: what running processes hold, and what they have not finished, see ``StoreLease``.
/// - `locks`: nothing of interest in it.
///
/// Nothing gets its name before it is complete and on the disk, so a process that is killed leaves nothing half-made; what
/// it has left below `tmp` goes away with the next lease that anybody takes.
public final class LocalStore: Sendable {
    /// The directory.
    public let path: String
    let layout: LayoutDirectory

    /// Opens a store, and makes it where it is missing.
    ///
    /// - Parameter path: The store's directory.
    /// - Throws: `LibraryError.system` when it can't be made or is not writable.
    public init(path: String) throws(LibraryError) {
        let path = try system { () throws(POSIXError) in try Path.absolute(path) }
        self.path = path
        layout = LayoutDirectory(path: path)
        try system { () throws(POSIXError) in
            for name in ["blobs/sha256", "roots", "leases", "locks", "tmp"] {
                // Roots may hold files that only their owner may see, and set-uid programs of others' making.
                try FileSystem.makeDirectories(Path.join(path, name), mode: name == "blobs/sha256" ? 0o755 : 0o700)
            }
            let marker = Path.join(path, "oci-layout")
            guard !FileSystem.exists(marker) else { return }
            try FileSystem.writeFileAtomically(marker, Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
        }
    }

    /// Where the roots are.
    var rootsDir: String { Path.join(path, "roots") }

    // MARK: - Index

    /// Does something that nobody else must do at the same time; to be over soon.
    func exclusively<Value: ~Copyable>(_ body: () throws(LibraryError) -> Value) throws(LibraryError) -> Value {
        let lock = try system { () throws(POSIXError) in try FileLock(Path.join(path, "locks/store")) }
        let result = Result { () throws(LibraryError) in try body() }
        _ = consume lock
        return try result.get()
    }

    /// All entries of the index.
    func entries() throws(LibraryError) -> [Descriptor] {
        try onImage(path) { () throws(OCIError) in try layout.readIndex()?.manifests ?? [] }
    }

    /// Changes the index; to be called exclusively.
    func write(_ entries: [Descriptor]) throws(LibraryError) {
        let bytes = ImageIndex(manifests: entries).bytes(indentedBy: "   ")
        try system { () throws(POSIXError) in try StoreFile.write(bytes, to: Path.join(path, "index.json")) }
    }
}

/// An image's entry in the store, as lists show it.
public struct StoredName: Hashable, Sendable {
    /// The image's name, see ``StoreName``.
    public var name: String
    /// The digest of its manifest.
    public var digest: Digest
    /// How many bytes its blobs have; those that other images share are counted, too.
    public var size: Int64
    /// When it was made, by its config; empty when that is not known.
    public var created: String
    /// What it is for.
    public var platform: OCIPlatform
}
