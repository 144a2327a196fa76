import ImageLibrary
import OCI
import POSIX

/// What the image is called, and where it goes.
struct BuildNames: Sendable {
    /// The names, the first of which is the one that is spoken of.
    let references: [ImageReference]
    let outputs: [ImageOutput]

    /// Reads the names that a user gave.
    ///
    /// - Parameters:
    ///   - request: Has names and places.
    ///   - app: Gives the image its name where the user gives none.
    /// - Throws: `BuildError` of kind `usage`.
    init(_ request: BuildRequest, app: AppDirectory) throws(BuildError) {
        var references: [ImageReference] = []
        for tag in request.tags.isEmpty ? [app.imageName] : request.tags {
            do throws(OCIError) {
                let reference = try ImageReference(tag)
                guard reference.digest == nil else {
                    throw .invalidReference(tag, reason: "an image that is built has no digest yet")
                }
                references.append(reference)
            } catch {
                throw BuildError(.usage, "--tag: \(error)", help: "name the image as in -t registry.example.com/shop:1")
            }
        }
        self.references = references
        do throws(LibraryError) {
            var outputs: [ImageOutput] = []
            for text in request.outputs.isEmpty ? ["store"] : request.outputs {
                let output = try ImageOutput(parsing: text)
                if !outputs.contains(output) { outputs.append(output) }
            }
            self.outputs = outputs
        } catch {
            throw BuildError(error)
        }
        for output in outputs { try Self.expectDirectory(of: output) }
    }

    /// That an archive's directory is missing should not be found out when everything else has been done.
    private static func expectDirectory(of output: ImageOutput) throws(BuildError) {
        switch output {
        case .layoutArchive(let path, _), .dockerArchive(let path):
            let directory = Path.directory(path)
            guard !FileSystem.isDirectory(directory) else { return }
            throw BuildError(
                .usage,
                "--output \(output): there is no directory '\(directory)'",
                help: "make it, or name another place"
            )
        default: return
        }
    }

    /// The name that is spoken of.
    var main: ImageReference { references[0] }

    /// Whether the image's layers, also those of the run image, have to be on this machine.
    var needsAllLayers: Bool { outputs.contains { $0 != .registry } }

    /// The registry that the image goes to; nil where it goes to none.
    var registry: String? { outputs.contains(.registry) ? main.registry : nil }
}
