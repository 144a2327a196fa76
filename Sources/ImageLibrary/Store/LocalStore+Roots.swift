public import Archive
import ImageStores
public import OCI
import POSIX

/// The file tree of an image, as a container of it would see it.
///
/// It is shared, and must not be changed.
public struct ImageRoot: Hashable, Sendable {
    /// The directory that stands for `/`.
    public let path: String
    /// What names the file tree: images with the same layers share it.
    public let chainID: Digest
    /// Where the owners of files are told, because the files are this user's; `nil` where they have their owners.
    ///
    /// A record for each file that is not root's: `<uid>:<gid>:<path>` and a NUL, the path without a slash at its start.
    public let ownersPath: String?
}

extension LocalStore {
    /// The file tree of an image, unpacked now unless that has been done.
    ///
    /// Root restores owners; for anybody else all files are their own. Devices and capabilities of files are left out.
    /// Processes that want the same tree at the same time wait for the first of them.
    ///
    /// - Parameters:
    ///   - image: An image of this store.
    ///   - lease: Holds the image and its root.
    ///   - cancellation: Ends the unpacking from another thread.
    /// - Returns: The root.
    /// - Throws: `LibraryError` when the image is broken or the disk full; nothing is left behind then.
    public func root(
        of image: any StoredImage,
        holding lease: StoreLease,
        cancellation: Cancellation? = nil
    ) throws(LibraryError) -> ImageRoot {
        let layers = try onImage(image.reference) { () throws(OCIError) in try image.layers() }
        let chainID = ChainID.of(image.config.diffIDs)
        let target = Path.join(rootsDir, chainID.hex + (Users.isRoot ? "" : ".user"))
        try exclusively { () throws(LibraryError) in try lease.hold(image.allBlobs.map(\.digest) + [chainID]) }
        if !FileSystem.isDirectory(target) {
            let lockPath = Path.join(path, "locks/root-\(Path.base(target))")
            let lock = try system { () throws(POSIXError) in try FileLock(lockPath) }
            if !FileSystem.isDirectory(target) {
                try unpack(layers, of: image.reference, to: target, lease: lease, cancellation: cancellation)
            }
            _ = consume lock
        }
        return ImageRoot(
            path: Path.join(target, "rootfs"),
            chainID: chainID,
            ownersPath: Users.isRoot ? nil : Path.join(target, "owners")
        )
    }

    private func unpack(
        _ layers: [ImageLayer],
        of name: String,
        to target: String,
        lease: StoreLease,
        cancellation: Cancellation?
    ) throws(LibraryError) {
        let staging = Path.join(lease.temporaryDir, "root-\(RandomBytes.hexadecimal(count: 8))")
        // What is left of a root that could not be unpacked is of no use; the lease clears away what can't be removed.
        defer { _ = try? TreeRemoval.remove(staging) }
        let rootfs = Path.join(staging, "rootfs")
        try system { () throws(POSIXError) in
            try FileSystem.makeDirectories(staging)
            try FileSystem.makeDirectory(rootfs)
            // Other users of the root find their way, whatever the umask is here.
            for directory in [staging, rootfs] { try FileSystem.chmod(directory, 0o755) }
        }
        let report = try onArchive(name) { () throws(ArchiveError) in
            let extractor = try RootExtractor(directory: rootfs, cancellation: cancellation)
            for layer in layers {
                let source = try FileSource(path: layout.blobPath(layer.descriptor.digest))
                try extractor.apply(source, diffID: layer.diffID.digest)
            }
            return try extractor.finish()
        }
        try system { () throws(POSIXError) in
            if !Users.isRoot {
                try FileSystem.writeFile(Path.join(staging, "owners"), Self.ownerRecords(report.owners))
            }
            try FileSystem.rename(staging, to: target)
        }
    }

    private static func ownerRecords(_ owners: [[UInt8]: EntryOwner]) -> [UInt8] {
        var records: [UInt8] = []
        for (path, owner) in owners.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            records += Array("\(owner.uid):\(owner.gid):".utf8) + path + [0]
        }
        return records
    }
}
