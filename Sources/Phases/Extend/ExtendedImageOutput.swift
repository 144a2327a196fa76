import Archive
import Console
import DockerfileEngine
import OCI
import POSIX
import PlatformModel

/// Writes an extended run image to `<extended>/run`: a layout with manifest, config and the layers that are new.
struct ExtendedImageOutput {
    private let extendedDir: String
    private let images: any ImageStore
    private let phase: ExtendPhase

    init(_ phase: ExtendPhase) {
        self.phase = phase
        extendedDir = phase.inputs.platform.extendedDir
        images = phase.extendedImages
    }

    /// Writes the image in place of one that an earlier build has left.
    ///
    /// - Throws: A ``PhaseError`` of kind `extend`; then there is no image.
    func write(_ image: ExtendedImage) throws(PhaseError) {
        let runDir = Path.join(extendedDir, "run")
        let finished = image.draft.finished(keepingHistory: true)
        do {
            try FileSystem.makeDirectories(extendedDir, mode: 0o755)
            // Who reads it later expects one image, not one more.
            try FileSystem.removeTree(runDir)
            let temporaryDir = try FileSystem.makeTemporaryDirectory(prefix: ".run-", in: extendedDir)
            defer { try? FileSystem.removeTree(temporaryDir) }
            let path = Path.join(temporaryDir, finished.manifestDigest.description)
            try Self.wrapping { () throws(OCIError) in try write(finished, image.newLayers, to: path) }
            try makeReadable(path)
            try FileSystem.chmod(temporaryDir, 0o755)
            try FileSystem.rename(temporaryDir, to: runDir)
        } catch {
            throw PhaseError(.extend, failedTo: "write extended run image to \(runDir)", error)
        }
        phase.logger.debug("Extended run image \(finished.manifestDigest) has \(image.newLayers.count) new layers")
    }

    private func write(_ image: FinishedImage, _ newLayers: [BuiltLayer], to path: String) throws(OCIError) {
        let destination = try images.destination(for: path)
        for layer in newLayers {
            let writer = try destination.newBlob()
            do {
                try copy(layer, to: writer)
                try writer.finish(digest: layer.digest, size: layer.size)
            } catch {
                writer.abandon()
                throw error
            }
        }
        // The base's layers stay away even where they could be had: the exporter takes whatever is there for new.
        let results = try destination.commit(
            manifest: image.manifest,
            mediaType: image.mediaType,
            config: image.config,
            references: [path]
        )
        if let error = results.lazy.compactMap(\.error).first { throw error }
    }

    private func copy(_ layer: BuiltLayer, to writer: any BlobWriter) throws(OCIError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var digester = SHA256Digester()
        let source = try Self.wrapping { () throws(ArchiveError) in try FileSource(path: layer.blobPath) }
        while true {
            let count = try Self.wrapping { () throws(ArchiveError) in try source.read(into: buffer) }
            guard count > 0 else { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            digester.update(piece)
            try writer.write(piece)
        }
        let found = digester.finish()
        guard found == layer.digest else { throw .digestMismatch(expected: layer.digest, found: found) }
    }

    /// Lets the exporter read what was written, as whatever user it runs.
    private func makeReadable(_ path: String) throws(POSIXError) {
        let blobsDir = Path.join(path, "blobs", "sha256")
        for blob in try FileSystem.list(blobsDir) { try FileSystem.chmod(Path.join(blobsDir, blob.name), 0o644) }
    }

    private static func wrapping<Value>(_ body: () throws(ArchiveError) -> Value) throws(OCIError) -> Value {
        do {
            return try body()
        } catch {
            throw .store(StoreFailure(kind: .other, message: error.description))
        }
    }

    private static func wrapping(_ body: () throws(OCIError) -> Void) throws(POSIXError) {
        do {
            try body()
        } catch {
            throw POSIXError(.inputOutput, "write", "image", explanation: error.description)
        }
    }
}
