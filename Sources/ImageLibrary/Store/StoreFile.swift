import Archive
import OCI
import POSIX

/// A file of the store in the making: written under another name, brought to the disk, and only then called by its own.
final class StoreFile {
    private let temporaryPath: String
    private var descriptor: FileDescriptor?

    /// Makes a file.
    ///
    /// - Parameter directory: Where it is until it is complete, on the store's disk.
    /// - Throws: When the system refuses.
    init(in directory: String) throws(POSIXError) {
        temporaryPath = Path.join(directory, "\(RandomBytes.hexadecimal(count: 8)).partial")
        descriptor = try OwnedDescriptor(opening: temporaryPath, [.write, .create, .exclusive], mode: 0o644).release()
    }

    deinit { abandon() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(POSIXError) {
        try descriptor?.writeAll(bytes, path: temporaryPath)
    }

    /// How many bytes have been written.
    func size() throws(POSIXError) -> Int64 { try descriptor?.status(path: temporaryPath).size ?? 0 }

    /// Gives the file its name.
    func finish(as path: String) throws(POSIXError) {
        guard let descriptor else { return }
        try descriptor.sync(path: temporaryPath)
        try FileSystem.rename(temporaryPath, to: path)
        descriptor.close()
        self.descriptor = nil
    }

    /// Removes what has been written; harmless afterwards.
    func abandon() {
        guard let descriptor else { return }
        descriptor.close()
        self.descriptor = nil
        try? FileSystem.removeFile(temporaryPath)
    }

    /// Replaces a file as a whole.
    static func write(_ bytes: [UInt8], to path: String, in directory: String? = nil) throws(POSIXError) {
        let file = try StoreFile(in: directory ?? Path.directory(path))
        let result = bytes.withUnsafeBytes { bytes in Result { () throws(POSIXError) in try file.write(bytes) } }
        try result.get()
        try file.finish(as: path)
    }
}
