import Archive
import ImageLibrary
import ImageStores
import OCI
import POSIX

/// Run images that are made of this machine's own files, for apps that were built on it.
struct HostRunImage {
    /// What an app needs to run.
    enum Kind: String {
        /// Nothing but a user and `/tmp`: a site that is served by its own static program.
        case empty
        /// The machine's C library and a shell.
        case base
        /// The machine's Python, time zones, and a shell.
        case python
    }

    let kind: Kind

    private var seeds: [String] {
        switch kind {
        case .empty: []
        case .base: ["dash", "libc6", "libgcc-s1", "libstdc++6", "tzdata"]
        case .python: ["python3", "dash", "tzdata"]
        }
    }

    /// What an app is likely to need.
    ///
    /// - Parameters:
    ///   - app: The app's directory.
    ///   - hasOwnBuildpacks: Whether others' buildpacks take part, of which nobody knows what their apps need.
    init(for app: String, hasOwnBuildpacks: Bool) {
        let signs = [
            "requirements.txt", "pyproject.toml", "manage.py", "main.py", "app.py", "application.py", "wsgi.py",
            "server.py",
        ]
        if signs.contains(where: { FileSystem.exists(Path.join(app, $0)) }) {
            kind = .python
        } else if hasOwnBuildpacks || FileSystem.exists(Path.join(app, "Procfile")) {
            // The commands of a Procfile need a shell.
            kind = .base
        } else {
            kind = .empty
        }
    }

    /// The image in the local store, made now unless that has been done since the machine's packages have changed.
    ///
    /// - Parameters:
    ///   - images: Has the store.
    ///   - directory: Has room for the image while it is made.
    /// - Returns: The image's reference.
    /// - Throws: `BuildError` on other distributions than Debian's, or when the store can't be written to.
    func image(in images: ImageSource, _ directory: BuildDirectory) throws(BuildError) -> String {
        let packages = DebianPackages()
        if kind != .empty, packages == nil {
            throw BuildError(
                .failed,
                "a run image for this app (\(kind.rawValue)) can only be made of a Debian system's own files",
                help: "name a run image with --run-image, or build with a builder: --builder IMAGE"
            )
        }
        let closure = packages?.closure(of: seeds) ?? []
        let identity = ([kind.rawValue, Self.layoutVersion] + closure.map { "\($0.name) \($0.version)" })
            .joined(separator: "\n")
        let name = "slipway.local/run/\(kind.rawValue):\(Digest.of(Array(identity.utf8)).hex.prefix(12))"
        do throws(LibraryError) {
            if let known = try images.store.image(named: name) {
                try images.store.hold(known, by: images.lease)
                return name
            }
            let layout = LayoutStore(layoutDir: Path.join(directory.path, "run-image"))
            try make(name, in: layout, packages, closure.map(\.name))
            guard let made = try opened(name, in: layout) else {
                throw .notFound(name: name, place: layout.layoutDir)
            }
            try images.store.add(made, names: [name], holding: images.lease)
        } catch {
            throw BuildError(error)
        }
        return name
    }

    /// Changes when the same packages make another image.
    private static let layoutVersion = "1"

    private func opened(_ name: String, in layout: LayoutStore) throws(LibraryError) -> (any StoredImage)? {
        do throws(OCIError) {
            return try layout.open(name, platform: nil)
        } catch {
            throw .image(name: name, error)
        }
    }

    private func make(
        _ name: String,
        in layout: LayoutStore,
        _ packages: DebianPackages?,
        _ names: [String]
    ) throws(LibraryError) {
        let content = LayerContent(HostFiles(packages: packages, names: names).sources)
        do throws(OCIError) {
            let destination = try layout.destination(for: name)
            let writer = try destination.newBlob()
            let layer: ArchivedLayer
            do throws(ArchiveError) {
                layer = try LayerEngine(pool: CompressionPool()).archive(
                    content,
                    compression: .none,
                    to: BlobSink(writer)
                )
            } catch {
                writer.abandon()
                throw OCIError.store(StoreFailure(kind: .other, message: "run image: \(error)"))
            }
            try writer.finish(digest: layer.digest, size: layer.size)
            let descriptor = Descriptor(mediaType: .ociLayer, digest: layer.digest, size: layer.size)
            let image = FinishedImage(
                family: .oci,
                config: config(DiffID(layer.diffID)),
                layers: [ImageLayer(descriptor: descriptor, diffID: DiffID(layer.diffID))]
            )
            _ = try image.write(to: destination, references: [name])
        } catch {
            throw .image(name: name, error)
        }
    }

    private func config(_ diffID: DiffID) -> ImageConfig {
        var container = ContainerConfig()
        container.user = "1000:1000"
        container.environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        let release = Self.release
        container.labels = [
            "io.buildpacks.base.distro.name": release["ID"] ?? "linux",
            "io.buildpacks.base.distro.version": release["VERSION_ID"] ?? "",
        ]
        var config = ImageConfig(platform: .current, container: container)
        config.created = Timestamp.normalized.description
        config.diffIDs = [diffID]
        config.history = [HistoryEntry(created: config.created, createdBy: "slipway: \(kind.rawValue) run image")]
        return config
    }

    /// What /etc/os-release says, without quotes.
    private static var release: [String: String] {
        var values: [String: String] = [:]
        for line in ((try? FileSystem.readText("/etc/os-release", limit: 1 << 20)) ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[String(parts[0])] = parts[1].filter { $0 != "\"" && $0 != "'" }
        }
        return values
    }
}
