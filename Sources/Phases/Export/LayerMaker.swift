import Archive
import Console
import LayerCaches
import OCI
import POSIX

/// Makes single layers of the app image; any thread may do so.
struct LayerMaker: Sendable {
    let previous: (any StoredImage)?
    let saver: ImageSaver
    let engine: LayerEngine
    let compression: LayerCompression
    /// The family of the image's media types.
    let family: MediaTypeFamily
    /// Shows people at a terminal which layer is being made.
    let progress: ProgressLine?

    /// Makes a layer, unless the previous image has it.
    ///
    /// Where the previous image may have an equal layer, the content is only hashed at first, since most rebuilds
    /// change little: an equal layer is neither compressed nor sent. One that differs is read a second time, to be
    /// archived.
    ///
    /// - Parameters:
    ///   - planned: The layer.
    ///   - copy: Takes the tar if the layer is made.
    /// - Returns: The layer.
    /// - Throws: `ExportError` when the content can't be read or the layer can't be written.
    func make(_ planned: PlannedLayer, copyingTo copy: StagedLayer?) throws(ExportError) -> LayerTask.Outcome {
        progress?.begin(planned.id)
        defer { progress?.end(planned.id) }
        let stopwatch = Stopwatch()
        let candidates = planned.previous.filter { previous?.layer($0) != nil }
        var reason = previous == nil ? "no previous image" : "not in the previous image"
        if !candidates.isEmpty {
            let digest = try wrapping("creating layer") { try engine.digest(planned.content) }
            if candidates.contains(DiffID(digest.diffID)) {
                return LayerTask.Outcome(
                    content: digest,
                    archived: nil,
                    reason: "equal to the previous image's",
                    milliseconds: stopwatch.milliseconds
                )
            }
            reason = "contents differ from the previous image's"
        }
        let (layer, archived) = try archive(planned.content, copyingTo: copy)
        return LayerTask.Outcome(
            content: archived,
            archived: layer,
            reason: reason,
            milliseconds: stopwatch.milliseconds
        )
    }

    private func archive(
        _ content: LayerContent,
        copyingTo copy: StagedLayer?
    ) throws(ExportError) -> (ImageLayer, LayerDigest) {
        let writer: any BlobWriter
        do {
            writer = try saver.destination.newBlob()
        } catch {
            throw saver.failure(of: error)
        }
        let archived: ArchivedLayer
        do {
            archived = try engine.archive(
                content,
                compression: compression,
                to: BlobSink(writer),
                copyingTo: copy
            )
        } catch {
            writer.abandon()
            guard case .sink(let cause as OCIError) = error else { throw ExportError("creating layer", error) }
            throw saver.failure(of: cause)
        }
        let digest = archived.digest
        do {
            try writer.finish(digest: digest, size: archived.size)
        } catch {
            writer.abandon()
            throw saver.failure(of: error)
        }
        let mediaType = family.layer(compression)
        let layer = ImageLayer(
            descriptor: Descriptor(mediaType: mediaType, digest: digest, size: archived.size),
            diffID: DiffID(archived.diffID)
        )
        return (layer, archived.content)
    }
}

extension MediaTypeFamily {
    /// The type of layers that are compressed in a certain way; zstd has a type in OCI only.
    fileprivate func layer(_ compression: LayerCompression) -> MediaType {
        switch compression {
        case .none: layerType(matching: .ociLayer)
        case .gzip: layer
        case .zstd: .ociLayerZstd
        }
    }
}
