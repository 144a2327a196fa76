import JSON
import POSIX
import Sandbox

/// Puts the input images of a case where the fixture wants them.
struct ImageSeeding {
    let tree: RootTree
    let registry: RegistryClient?
    /// The registry's host and port, and the case's own path there.
    let host: String
    let path: String

    /// Puts one image in place and binds its names.
    /// - Throws: When the registry or the system refuses.
    func seed(_ image: SeedImage, _ bindings: inout Bindings) throws(CaseError) {
        let built = try BuiltImage(image, bindings)
        if let layout = image.layout {
            let directory = try bindings.given(layout)
            try writeLayout(built, to: directory)
            bindings["ref:\(image.name)"] = directory
        } else {
            guard let registry else { throw .other("there is no registry") }
            let repository = "\(path)/\(image.name)"
            for blob in built.layers + [built.config] { try registry.push(blob, host: host, repository: repository) }
            try registry.push(
                manifest: built.manifest.bytes,
                type: built.manifestType,
                host: host,
                repository: repository,
                tag: "latest"
            )
            bindings["ref:\(image.name)"] = "\(host)/\(repository)"
        }
        bindings["digest:\(image.name)"] = built.manifest.digest
        bindings["imageid:\(image.name)"] = built.config.digest
        for (number, diffID) in built.diffIDs.enumerated() { bindings["diffid:\(image.name)#\(number)"] = diffID }
    }

    private func writeLayout(_ image: BuiltImage, to directory: String) throws(CaseError) {
        let index: JSONValue = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [
                [
                    "mediaType": .string(image.manifestType), "size": .integer(image.manifest.bytes.count),
                    "digest": .string(image.manifest.digest),
                ]
            ],
        ]
        var files = [
            ("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)),
            ("index.json", JSONWriter.bytes(index)),
        ]
        for blob in image.layers + [image.config, image.manifest] {
            files.append(("blobs/sha256/\(blob.digest.dropFirst("sha256:".count))", blob.bytes))
        }
        for (name, bytes) in files {
            let path = Path.join(directory, name)
            try refused { () throws(POSIXError) in
                try tree.makeDirectories(Path.directory(path), owner: .builder)
                try tree.write(.bytes(bytes), to: path, mode: nil, owner: nil)
            }
        }
    }
}
