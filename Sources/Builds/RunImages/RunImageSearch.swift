import Distribution
import ImageLibrary
import OCI
import POSIX

/// The run image of a build.
struct ChosenRunImage: Sendable {
    /// The name that goes into labels.
    var name: String
    /// Where else the image is, for labels.
    var mirrors: [String]
    /// The image, of which maybe only manifest and config are here.
    var image: any StoredImage
}

/// Finds the run image, and fetches as much of it as is needed.
struct RunImageSearch {
    let images: ImageSource
    let directory: BuildDirectory
    let names: BuildNames

    /// Finds the run image.
    ///
    /// - Parameters:
    ///   - requested: What the user asks for.
    ///   - builder: Says what else there is.
    ///   - app: Says what is needed, where this machine is the builder.
    ///   - hasOwnBuildpacks: Whether others' buildpacks than ours take part.
    /// - Returns: The run image.
    /// - Throws: `BuildError` when there is none, or it can't be fetched.
    func runImage(
        _ requested: String?,
        of builder: Builder,
        app: AppDirectory,
        hasOwnBuildpacks: Bool
    ) throws(BuildError) -> ChosenRunImage {
        if let requested, let location = try? ImageLocation(parsing: requested), location.transport != .registry {
            let image = try images.pull(location)
            return ChosenRunImage(name: try Self.name(of: location), mirrors: [], image: image)
        }
        if requested == nil, builder.root == .host {
            let name = try HostRunImage(for: app.path, hasOwnBuildpacks: hasOwnBuildpacks).image(in: images, directory)
            return ChosenRunImage(name: name, mirrors: [], image: try stored(name))
        }
        let candidates = RunImageChoice.candidates(
            requested: requested,
            options: builder.metadata.runImages,
            configuredMirrors: [:],
            preferredRegistry: names.registry ?? (try? ImageReference(builder.name))?.registry
        )
        guard !candidates.isEmpty else {
            throw BuildError(
                .usage,
                "the builder '\(builder.name)' names no run image",
                help: "name one with --run-image"
            )
        }
        let own = requested ?? builder.metadata.runImages.first?.image ?? candidates[0]
        let mirrors = requested == nil ? builder.metadata.runImages.first?.mirrors ?? [] : []
        var failure: LibraryError?
        for candidate in candidates {
            do throws(LibraryError) {
                return ChosenRunImage(name: own, mirrors: mirrors, image: try fetch(candidate))
            } catch {
                failure = failure ?? error
            }
        }
        throw failure.map { BuildError(.failed, "run image: \($0)", help: "name another one with --run-image") }
            ?? BuildError(.failed, "run image '\(own)': no such image")
    }

    private func fetch(_ name: String) throws(LibraryError) -> any StoredImage {
        let location = try ImageLocation(parsing: name)
        guard case .registry(let reference) = location, !names.needsAllLayers else {
            return try images.fetch(location)
        }
        // What only goes to a registry needs no layers here: they are mounted there.
        return try images.open(reference)
    }

    private func stored(_ name: String) throws(BuildError) -> any StoredImage {
        do throws(LibraryError) {
            guard let image = try images.store.image(named: name) else {
                throw .notFound(name: name, place: "the local store")
            }
            return image
        } catch {
            throw BuildError(error)
        }
    }

    /// A reference for an image that has come from a file: labels have to name it somehow.
    private static func name(of location: ImageLocation) throws(BuildError) -> String {
        if case .store(let name) = location { return name }
        let base: String
        switch location {
        case .layout(let path, let tag), .layoutArchive(let path, let tag):
            base = [Path.base(path), tag].compactMap { $0 }.joined(separator: "-")
        case .dockerArchive(let path): base = Path.base(path)
        case .daemon(let name): return name
        default: base = "image"
        }
        let clean = base.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return "slipway.local/run/" + String(clean).split(separator: "-").joined(separator: "-")
    }
}
