import Archive
import Console
import OCI
import PlatformModel

/// Writes a finished image under all its names, tells people, and makes the report.
struct ImageSaver {
    /// Where the image goes.
    let destination: any ImageDestination
    /// The names as the user gave them, the main one first.
    let references: [String]
    /// What messages and reports call them.
    let names: [String]
    private let logger: Logger

    init(to references: [String], in store: any ImageStore, logger: Logger) throws(OCIError) {
        guard let main = references.first else { throw .invalidReference("", reason: "no image is named") }
        self.references = references
        self.logger = logger
        destination = try store.destination(for: main)
        var names: [String] = []
        for reference in references { names.append(try store.displayName(of: reference)) }
        self.names = names
    }

    /// The failure of writing the image at all, in the words that scripts may look for.
    func failure(of cause: OCIError) -> ExportError {
        failure(names.map { ($0, cause) })
    }

    private func failure(_ failures: [(name: String, cause: OCIError)]) -> ExportError {
        let list = failures.map { "[\($0.name): \($0.cause)]" }.joined(separator: ",")
        return ExportError("failed to write image to the following tags: \(list)")
    }

    /// Writes the image.
    ///
    /// - Parameter image: The image; the blobs of its new layers are in the destination already.
    /// - Returns: What report.toml says about it.
    /// - Throws: `ExportError` when at least one name was not written.
    func save(_ image: FinishedImage) throws(ExportError) -> Report {
        let main = names.first ?? ""
        return try logger.timed("Saving \(main)...") { () throws(ExportError) in
            logger.info("Saving \(main)...")
            return try write(image)
        }
    }

    private func write(_ image: FinishedImage) throws(ExportError) -> Report {
        let results: [CommittedReference]
        do {
            results = try image.write(to: destination, references: references)
        } catch {
            announce(image.manifestDigest.description, zip(names, names.map { _ in error }).map { ($0, $1) })
            throw failure(of: error)
        }
        let outcomes = zip(names, results).map { ($0, $1.error) }
        let written = results.first { $0.error == nil } ?? results.first
        announce(written.map(Self.shortIdentifier) ?? "", outcomes)
        let failures = outcomes.compactMap { name, error in error.map { (name, $0) } }
        guard failures.isEmpty else { throw failure(failures) }
        if let imageID = written?.imageID { logger.debug("\n*** Image ID: \(imageID)") }
        if let digest = written?.digest { logger.debug("\n*** Digest: \(digest)") }
        let size = written?.manifestSize ?? 0
        if size != 0 { logger.debug("\n*** Manifest Size: \(size)") }
        return Report(
            tags: names,
            imageID: written?.imageID,
            digest: written?.digest?.description,
            manifestSize: size
        )
    }

    private func announce(_ identifier: String, _ outcomes: [(name: String, error: OCIError?)]) {
        logger.info("*** Images (\(identifier)):")
        for (name, error) in outcomes {
            logger.info(error.map { "      \(name) - \($0)" } ?? "      \(name)")
        }
    }

    /// The digest, or what of a longer identifier people need to recognise an image.
    private static func shortIdentifier(_ result: CommittedReference) -> String {
        if let imageID = result.imageID {
            let digits = imageID.hasPrefix("sha256:") ? imageID.dropFirst("sha256:".count) : imageID[...]
            return String(digits.prefix(12))
        }
        return result.digest?.description ?? result.identifier
    }
}
