import BuildpackModel
import Distribution
import ImageLibrary
import ImageStores
import OCI
import POSIX
import Sandbox
import TOML

/// Lays out a build's files: what its phases see at the specification's paths.
struct GroundLayout {
    /// The home directory of the build's user, where the builder names none.
    static let home = "/home/cnb"

    private let ground: BuildGround
    private let app: AppDirectory
    private let project: Project
    private let slipwayHome: SlipwayHome
    private let directory: BuildDirectory

    init(_ ground: BuildGround, app: AppDirectory, project: Project, home: SlipwayHome) {
        (self.ground, self.app, self.project, slipwayHome) = (ground, app, project, home)
        directory = ground.directory
    }

    /// Writes all files.
    ///
    /// - Parameter order: What order.toml is to say; nil for the builder's own.
    /// - Throws: `BuildError` that names what can't be written or copied.
    func make(order: OrderTOML?) throws(BuildError) {
        try system { () throws(POSIXError) in
            try makeVolumes()
            try makeCache()
            if let order {
                try directory.write(TOMLWriter.write(order.toml), to: "/cnb/order.toml")
            } else if ground.isolation == .inPlace {
                try FileSystem.copyTree("/cnb/order.toml", to: prepared("/cnb/order.toml"))
            }
            let run = PlatformTOML.run(image: ground.runImage.name, mirrors: ground.runImage.mirrors)
            try directory.write(run, to: "/cnb/run.toml")
            if ground.isolation == .inPlace { try linkModules() }
            if ground.isolation == .chroot { try copyBuilder() }
        }
        try writePlatform()
        try copyApp()
        try addImages()
    }

    // MARK: - Directories

    private func makeVolumes() throws(POSIXError) {
        let owner = ground.owner
        let paths = ground.paths
        // A build in the current root has these two at their real places, and nobody else may be using them.
        let isInPlace = ground.isolation == .inPlace
        for target in ["/layers", paths.workspace] {
            guard isInPlace else {
                try directory.makeDirectory(target, for: owner)
                continue
            }
            try FileSystem.makeDirectories(target)
            if target != app.path { try FileSystem.removeContents(target) }
            if Users.isRoot { try FileSystem.chown(target, uid: owner.uid, gid: owner.gid) }
        }
        for target in ["/layout", "/platform", ground.home] { try directory.makeDirectory(target, for: owner) }
        if ground.isolation == .chroot { try directory.makeDirectory("/cache", for: owner) }
        for name in ["upper", "work"] {
            try FileSystem.makeDirectory(Path.join(directory.path, name), mode: 0o755)
        }
    }

    private func makeCache() throws(POSIXError) {
        let cache = ground.cache
        if ground.request.cache.isCleared { cache.clear() }
        try cache.make(for: ground.names.main, builder: ground.builder.name, owner: ground.owner)
        for name in ground.request.cache.from where cache.isEmpty {
            guard let reference = try? ImageReference(name) else { continue }
            let other = LayerCacheDirectory(in: slipwayHome, for: reference, builder: ground.builder.name)
            if !other.isEmpty { try cache.take(from: other) }
        }
        try cache.make(for: ground.names.main, builder: ground.builder.name, owner: ground.owner)
        guard ground.isolation == .chroot || ground.isolation == .inPlace else { return }
        // Without mounts the cache has to be where the phases look for it.
        let place = directory.place("/cache")
        if ground.isolation == .inPlace {
            try FileSystem.createSymlink(place, target: cache.path)
        } else {
            try FileSystem.removeDirectory(place)
            try FileSystem.copyTree(cache.path, to: place)
            if Users.isRoot { try FileSystem.changeOwnerOfTree(place, uid: ground.owner.uid, gid: ground.owner.gid) }
        }
    }

    private func prepared(_ target: String) throws(POSIXError) -> String {
        try FileSystem.makeDirectories(Path.directory(directory.place(target)))
        return directory.place(target)
    }

    /// The modules of the current root and those that were brought, side by side.
    private func linkModules() throws(POSIXError) {
        for parent in ["/cnb/buildpacks", "/cnb/extensions"] {
            for id in (try? FileSystem.list(parent)) ?? [] {
                for version in (try? FileSystem.list(Path.join(parent, id.name))) ?? [] {
                    let path = Path.join(parent, id.name, version.name)
                    try FileSystem.createSymlink(try prepared(path), target: path)
                }
            }
            try FileSystem.makeDirectories(directory.place(parent))
        }
        for module in ground.modules {
            let place = try prepared(module.target)
            try? FileSystem.removeFile(place)
            try FileSystem.createSymlink(place, target: module.directory)
        }
    }

    /// A root for this run alone, for a build without mounts.
    private func copyBuilder() throws(POSIXError) {
        guard case .directory(let root) = ground.builder.root else { return }
        for entry in try FileSystem.list(root) {
            let place = Path.join(directory.root, entry.name)
            guard !["layers", "workspace", "platform", "proc", "dev"].contains(entry.name) else { continue }
            if entry.name == "cnb" || entry.name == "home" {
                // Files that were written for this build stay.
                for inner in try FileSystem.list(Path.join(root, entry.name)) {
                    let target = Path.join(place, inner.name)
                    guard !FileSystem.exists(target) else { continue }
                    try FileSystem.makeDirectories(place)
                    try FileSystem.copyTree(Path.join(root, entry.name, inner.name), to: target)
                }
            } else {
                try FileSystem.copyTree(Path.join(root, entry.name), to: place)
            }
        }
    }

    // MARK: - Files

    private func writePlatform() throws(BuildError) {
        let files = PlatformFiles(directory: directory, target: "/platform")
        var root: String?
        if case .directory(let path) = ground.builder.root { root = path }
        let variables =
            project.descriptor.variables.map { ($0.name, $0.value) }
            + ground.request.variables.map { ($0.name, $0.value) }
        try system { () throws(POSIXError) in
            try files.writeVariables(builderRoot: root, variables)
            try files.writeBindings(ground.request.bindings, certificates: ground.request.caCertificates)
        }
        let revision = GitSource(of: app.path)?.revision
        guard let source = ProjectSource(project: project.descriptor.project, revision: revision) else { return }
        let place =
            ground.isolation == .inPlace
            ? ground.paths.projectMetadata : directory.place("/layers/project-metadata.toml")
        try system { () throws(POSIXError) in try FileSystem.writeFile(place, TOMLWriter.write(source.toml)) }
    }

    private func copyApp() throws(BuildError) {
        let target = ground.isolation == .inPlace ? ground.paths.workspace : directory.place(ground.paths.workspace)
        guard target != app.path else { return }
        do throws(POSIXError) {
            try AppCopy(files: project.descriptor.files, excluding: slipwayHome.cacheDir)
                .run(from: app.path, to: target)
            guard Users.isRoot else { return }
            try FileSystem.changeOwnerOfTree(target, uid: ground.owner.uid, gid: ground.owner.gid)
        } catch {
            throw BuildError(
                .failed,
                "cannot copy the app: \(error)",
                help: error.errno == .permissionDenied
                    ? "make the file readable, or leave it out with `exclude` in project.toml" : nil
            )
        }
    }

    // MARK: - Images

    private func addImages() throws(BuildError) {
        let layout = LayoutStore(layoutDir: directory.place("/layout"))
        let sparse = SparseImage(layout: layout)
        do throws(OCIError) {
            try sparse.add(ground.runImage.image, as: ground.runImage.name)
        } catch {
            throw BuildError(.failed, "run image '\(ground.runImage.name)': \(error)")
        }
        if let previous = try previousImage() {
            do throws(OCIError) {
                try sparse.add(previous.image, as: previous.name, hasSBOM: true)
            } catch {
                // An image that is broken is as good as none.
                ground.report(.warning("layers of '\(previous.name)' can't be reused: \(error)"))
            }
        }
        guard Users.isRoot else { return }
        try system { () throws(POSIXError) in
            try FileSystem.changeOwnerOfTree(layout.layoutDir, uid: ground.owner.uid, gid: ground.owner.gid)
        }
    }

    /// The image whose layers are reused: from the store, or from where the new one goes.
    private func previousImage() throws(BuildError) -> (name: String, image: any StoredImage)? {
        let name = ground.previousImage ?? ground.image
        let images = ground.images
        do throws(LibraryError) {
            let stored = try images.store.image(named: name)
            if let stored, (try? images.store.hold(stored, by: images.lease)) != nil { return (name, stored) }
            guard ground.names.outputs.contains(.registry), ground.request.pull != .never else { return nil }
            return (name, try images.remote.open(.registry(try reference(name)), platform: ground.builder.platform))
        } catch {
            // That there is none is what a first build finds.
            return nil
        }
    }

    private func reference(_ name: String) throws(LibraryError) -> ImageReference {
        do throws(OCIError) {
            return try ImageReference(name)
        } catch {
            throw .image(name: name, error)
        }
    }
}
