import Archive
import BuildpackModel
import CNBCore
import Distribution
import ImageLibrary
import OCI
import POSIX

/// Brings buildpacks and extensions that are not on the builder.
struct ModuleLoader {
    private let images: ImageSource
    private let directory: BuildDirectory
    private let registry: BuildpackRegistry?
    private let downloads: Downloads
    private let builder: BuilderMetadata
    /// The modules that have been brought; those of packages with all that they are made of.
    private(set) var modules: [BroughtModule] = []
    /// The module that takes part for each of the things that were asked for.
    private(set) var entries: [ModuleFetch: ModuleName] = [:]

    init(
        images: ImageSource,
        directory: BuildDirectory,
        registry: BuildpackRegistry?,
        downloads: Downloads,
        builder: BuilderMetadata
    ) {
        (self.images, self.directory, self.registry, self.downloads) = (images, directory, registry, downloads)
        self.builder = builder
    }

    /// Brings something that was asked for.
    ///
    /// - Parameters:
    ///   - fetch: Where it is.
    ///   - kind: What it should be.
    /// - Throws: `BuildError` when it is not there, is something else, or broken.
    mutating func load(_ fetch: ModuleFetch, _ kind: ModuleKind) throws(BuildError) {
        guard entries[fetch] == nil else { return }
        switch fetch {
        case .path(let path): try load(at: path, as: fetch, kind)
        case .download(let address): try load(at: try downloads.file(address), as: fetch, kind)
        case .image(let reference): try load(.registry(reference), as: fetch, kind)
        case .registry(let id, let version):
            guard let registry else {
                throw unknown(id, kind)
            }
            try load(.registry(try registry.image(of: id, version: version)), as: fetch, kind)
        case .inline(let buildpack): try write(buildpack, as: fetch)
        }
    }

    /// Somebody has named a module that is not on the builder, and that no registry can be asked for.
    private func unknown(_ id: RegistryID, _ kind: ModuleKind) -> BuildError {
        let registry = "name an index with --buildpack-registry DIRECTORY|URL, or an image with docker://IMAGE"
        return BuildError(
            .usage,
            "\(kind.label.lowercased()) '\(id)' is not on the builder, and no registry of buildpacks is configured",
            help: builder.nearest(to: "\(id)", kind).map { "did you mean '\($0)'? Else \(registry)" } ?? registry
        )
    }

    // MARK: - Directories and archives

    private mutating func load(at path: String, as fetch: ModuleFetch, _ kind: ModuleKind) throws(BuildError) {
        if FileSystem.isDirectory(path) { return try add(directory: path, as: fetch, kind) }
        guard FileSystem.isRegularFile(path) else {
            throw BuildError(
                .usage,
                "\(kind.label.lowercased()) '\(path)': there is no such file or directory",
                help: "expected a directory with \(kind.descriptorFileName), a .tgz of one, or a .cnb package"
            )
        }
        if let location = try? ImageLocation(parsing: path), case .layoutArchive = location {
            return try load(location, as: fetch, kind)
        }
        let target = Path.join(directory.path, "modules", RandomBytes.hexadecimal(count: 4))
        do throws(ArchiveError) {
            let source = try FileSource(path: path)
            _ = try LayerExtractor(restoresOwners: false)
                .extract(source, into: ExtractionTarget(directory: target), expecting: .unverified)
        } catch {
            throw BuildError(.failed, "cannot unpack \(kind.label.lowercased()) '\(path)': \(error)")
        }
        try add(directory: target, as: fetch, kind)
    }

    private mutating func add(directory: String, as fetch: ModuleFetch, _ kind: ModuleKind) throws(BuildError) {
        guard let found = ModuleDirectories.kind(of: directory) else {
            throw BuildError(
                .usage,
                "'\(fetch)' holds no \(kind.label.lowercased()): there is no \(kind.descriptorFileName)"
            )
        }
        guard found == kind else {
            throw BuildError(
                .usage,
                "'\(fetch)' is \(found == .buildpack ? "a buildpack" : "an image extension")",
                help: found == .buildpack ? "give it with --buildpack" : "give it with --extension"
            )
        }
        let module = try ModuleDirectories.module(in: directory, kind)
        add(module, try system { () throws(POSIXError) in try FileSystem.realPath(directory) })
        entries[fetch] = ModuleName(id: module.id, version: module.version)
        try loadDependencies(of: directory, kind)
    }

    /// Brings what `package.toml` beside a descriptor names: the members of a composite buildpack.
    private mutating func loadDependencies(of directory: String, _ kind: ModuleKind) throws(BuildError) {
        let path = Path.join(directory, PackageDescriptor.fileName)
        guard FileSystem.isRegularFile(path) else { return }
        for fetch in try Self.dependencies(path, in: directory, kind) {
            do throws(BuildError) {
                try load(fetch, kind)
            } catch {
                throw BuildError(error.kind, "\(path): \(error)", help: error.help)
            }
        }
    }

    private static func dependencies(
        _ path: String,
        in directory: String,
        _ kind: ModuleKind
    ) throws(BuildError) -> [ModuleFetch] {
        let bytes = try system { () throws(POSIXError) in
            try FileSystem.readFile(path, limit: FileLimit.projectDescriptor)
        }
        do throws(DistributionError) {
            var fetches: [ModuleFetch] = []
            for dependency in try PackageDescriptor(parsing: bytes, file: path).dependencies {
                switch dependency {
                case .image(let reference): fetches.append(.image(reference))
                case .locator(let text):
                    let locator = try BuildpackLocator(
                        text,
                        onBuilder: [],
                        kind: kind,
                        baseDir: directory,
                        exists: FileSystem.exists
                    )
                    if let fetch = ModuleFetch(locator) { fetches.append(fetch) }
                }
            }
            return fetches
        } catch {
            throw BuildError(.failed, "\(error)")
        }
    }

    // MARK: - Packages

    private mutating func load(
        _ location: ImageLocation,
        as fetch: ModuleFetch,
        _ kind: ModuleKind
    ) throws(BuildError) {
        let image = try images.pull(location)
        let package: Buildpackage
        do throws(DistributionError) {
            package = try Buildpackage(config: image.config, image: "\(location)")
        } catch {
            throw BuildError(.failed, "\(error)")
        }
        guard package.entry.kind == kind else {
            throw BuildError(.usage, "'\(fetch)' holds no \(kind.label.lowercased())")
        }
        let root = try images.root(of: image)
        // All layers are there, whatever their order: a flattened package has several modules in one.
        for module in package.layers.modules {
            let place = Path.join(root, module.directory)
            guard FileSystem.isRegularFile(Path.join(place, module.kind.descriptorFileName)) else {
                throw BuildError(
                    .failed,
                    "package '\(fetch)' is broken: its labels name \(module.identity), but there is no "
                        + "\(module.directory)/\(module.kind.descriptorFileName) in it"
                )
            }
            add(module, place)
        }
        entries[fetch] = ModuleName(id: package.entry.id, version: package.entry.version)
    }

    // MARK: - Inline buildpacks

    private mutating func write(_ buildpack: InlineBuildpack, as fetch: ModuleFetch) throws(BuildError) {
        let place = Path.join(directory.path, "modules", RandomBytes.hexadecimal(count: 4))
        try system { () throws(POSIXError) in
            for file in buildpack.files {
                let path = Path.join(place, file.path)
                try FileSystem.makeDirectories(Path.directory(path))
                try FileSystem.writeFile(path, file.contents)
                try FileSystem.chmod(path, file.isExecutable ? 0o755 : 0o644)
            }
        }
        try add(directory: place, as: fetch, .buildpack)
    }

    private mutating func add(_ module: PackagedModule, _ place: String) {
        let element = GroupElement(kind: module.kind, id: module.id, version: module.version)
        modules.removeAll { $0.element == element }
        modules.append(BroughtModule(kind: module.kind, element: element, directory: place))
    }
}

extension ModuleFetch {
    /// What has to be brought for a locator; nil for what is on the builder.
    fileprivate init?(_ locator: BuildpackLocator) {
        switch locator {
        case .fromBuilder, .onBuilder: return nil
        case .registry(let id, let version): self = .registry(id, version: version)
        case .image(let reference): self = .image(reference)
        case .download(let address): self = .download(address)
        case .path(let path): self = .path(path)
        }
    }
}
