import Archive
import JSON
import POSIX
import Sandbox
import Synchronization

/// Reads images out of the registry and out of layouts in the case's tree, trusting nothing in them.
final class ImageReader: Sendable {
    private let registry: RegistryClient?
    /// Layers that have been read, by the digests of their blobs: base images are the same in most cases.
    private let layers = Mutex<[String: LayerListing]>([:])

    private static let layerLimit = 512 << 20
    private static let documentLimit = 8 << 20

    init(_ registry: RegistryClient?) {
        self.registry = registry
    }

    /// Reads an image.
    /// - Parameters:
    ///   - place: Where it is, values put in.
    ///   - tree: The case's tree, for layouts.
    /// - Returns: The image, or nil if there is none.
    /// - Throws: When what is there is no image.
    func image(_ place: ImagePlace, _ tree: RootTree) throws(CaseError) -> InspectedImage? {
        switch place {
        case .registry(let text):
            guard let registry else { throw .other("there is no registry") }
            guard let reference = RegistryReference(text) else { throw .other("\(text) is no reference to an image") }
            guard let found = try registry.manifest(reference) else { return nil }
            return try image(found, called: text) { digest, limit throws(CaseError) in
                try registry.blob(digest, of: reference, limit: limit)
            }
        case .layout(let directory):
            guard let found = try layoutManifest(directory, tree) else { return nil }
            return try image(found, called: directory) { digest, _ throws(CaseError) in
                try tree.contents(of: try Self.blobPath(digest, in: directory))
            }
        }
    }

    private func image(
        _ manifestBytes: [UInt8],
        called name: String,
        blob: (_ digest: String, _ limit: Int) throws(CaseError) -> [UInt8]
    ) throws(CaseError) -> InspectedImage {
        var manifestBytes = manifestBytes
        var manifest = try Self.json(manifestBytes, "the manifest of \(name)")
        // Of several platforms the first; fixtures have only one.
        if manifest["config"] == nil, let inner = manifest["manifests"]?[0]?["digest"]?.stringValue {
            manifestBytes = try Self.verified(inner, try blob(inner, Self.documentLimit))
            manifest = try Self.json(manifestBytes, "the manifest of \(name)")
        }
        guard let configDigest = manifest["config"]?["digest"]?.stringValue else {
            throw .other("the manifest of \(name) names no config")
        }
        let configBytes = try Self.verified(configDigest, try blob(configDigest, Self.documentLimit))
        let config = try Self.json(configBytes, "the config of \(name)")
        let diffIDs = config["rootfs"]?["diff_ids"]?.arrayValue?.compactMap(\.stringValue) ?? []
        var layers: [LayerListing] = []
        for (number, layer) in (manifest["layers"]?.arrayValue ?? []).enumerated() {
            guard let digest = layer["digest"]?.stringValue else {
                throw .other("layer \(number) of \(name) has no digest")
            }
            let listing = try self.layer(digest) { () throws(CaseError) in try blob(digest, Self.layerLimit) }
            guard number < diffIDs.count, diffIDs[number] == listing.diffID else {
                let expected = number < diffIDs.count ? diffIDs[number] : "no diffID"
                throw .other(
                    "layer \(number) of \(name): the config has \(expected), but the layer's diffID is \(listing.diffID)"
                )
            }
            layers.append(listing)
        }
        guard layers.count == diffIDs.count else {
            throw .other("\(name) has \(layers.count) layers, but \(diffIDs.count) diffIDs in its config")
        }
        var labels: [String: String] = [:]
        for (name, value) in config["config"]?["Labels"]?.objectValue ?? [:] { labels[name] = value.stringValue ?? "" }
        return InspectedImage(
            digest: "\(Digest.of(manifestBytes))",
            configDigest: configDigest,
            document: Self.document(manifest, config, labels),
            labels: labels,
            layers: layers,
            diffIDs: diffIDs
        )
    }

    /// The documents in one, labels that hold JSON parsed.
    private static func document(_ manifest: JSONValue, _ config: JSONValue, _ labels: [String: String]) -> Value {
        let members = labels.sorted { $0.key < $1.key }.map { name, text in
            let isDocument = text.hasPrefix("{") || text.hasPrefix("[")
            let parsed = isDocument ? try? JSONParser.parse(text, duplicateKeys: .lastWins) : nil
            return Value.Member(key: name, value: parsed.map(Value.init) ?? .string(text))
        }
        return .table([
            Value.Member(key: "manifest", value: Value(manifest)),
            Value.Member(key: "config", value: Value(config)),
            Value.Member(key: "labels", value: .table(members)),
        ])
    }

    private func layer(_ digest: String, _ load: () throws(CaseError) -> [UInt8]) throws(CaseError) -> LayerListing {
        if let known = layers.withLock({ $0[digest] }) { return known }
        let bytes = try Self.verified(digest, try load())
        let listing: LayerListing
        do throws(ArchiveError) {
            listing = try LayerListing(bytes)
        } catch {
            throw .other("layer \(digest): \(error)")
        }
        layers.withLock { $0[digest] = listing }
        return listing
    }

    // MARK: - Layouts

    private func layoutManifest(_ directory: String, _ tree: RootTree) throws(CaseError) -> [UInt8]? {
        let indexPath = Path.join(directory, "index.json")
        guard tree.status(indexPath, followsLast: true) != nil else { return nil }
        let marker = try Self.json(try tree.contents(of: Path.join(directory, "oci-layout")), "\(directory)/oci-layout")
        guard marker["imageLayoutVersion"]?.stringValue != nil else {
            throw .other("\(directory)/oci-layout has no imageLayoutVersion")
        }
        let index = try Self.json(try tree.contents(of: indexPath), indexPath)
        guard let digest = index["manifests"]?[0]?["digest"]?.stringValue else {
            throw .other("\(indexPath) names no manifest")
        }
        return try Self.verified(digest, try tree.contents(of: try Self.blobPath(digest, in: directory)))
    }

    private static func blobPath(_ digest: String, in directory: String) throws(CaseError) -> String {
        guard let digest = Digest(parsing: digest) else { throw .other("\(digest) is no sha256 digest") }
        return Path.join(directory, "blobs/sha256", digest.hex)
    }

    // MARK: - Reading

    private static func verified(_ digest: String, _ bytes: [UInt8]) throws(CaseError) -> [UInt8] {
        let found = "\(Digest.of(bytes))"
        guard found == digest else { throw .other("blob \(digest) has the digest \(found)") }
        return bytes
    }

    private static func json(_ bytes: [UInt8], _ name: String) throws(CaseError) -> JSONValue {
        do throws(JSONError) {
            return try JSONParser.parse(bytes, source: name, duplicateKeys: .lastWins)
        } catch {
            throw .other("\(error)")
        }
    }
}
