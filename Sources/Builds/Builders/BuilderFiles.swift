import BuildpackModel
import CNBCore
import Distribution
import POSIX
import PlatformModel

/// What the files of a builder's root say about it, where its labels don't, or where it has none.
struct BuilderFiles {
    let root: String

    /// Completes what labels have said.
    ///
    /// - Parameter metadata: What is known so far; what it has stays.
    /// - Throws: `BuildError` when a file is malformed.
    func complete(_ metadata: inout BuilderMetadata) throws(BuildError) {
        if metadata.modules.isEmpty { metadata.modules = try modules() }
        if metadata.order.isEmpty, let order: OrderTOML = try read("cnb/order.toml") {
            metadata.order = order.order
            metadata.extensionOrder = order.extensionOrder
        }
        if metadata.runImages.isEmpty { metadata.runImages = try runImages() }
    }

    /// Who builds in a root that no config says it of: the owner of `/layers` or `/workspace`, or else 1000:1000.
    var user: BuilderUser {
        // In the current root, others than root can only build as themselves.
        if root == "/", !Users.isRoot { return BuilderUser(uid: Users.userID, gid: Users.groupID) }
        for name in ["layers", "workspace"] {
            guard let status = try? FileSystem.status(Path.join(root, name)), status.isDirectory else { continue }
            if status.uid != 0, Users.isRoot { return BuilderUser(uid: status.uid, gid: status.gid) }
        }
        return BuilderUser(uid: 1000, gid: 1000)
    }

    private func runImages() throws(BuildError) -> [RunImageOption] {
        if let run: RunTOML = try read("cnb/run.toml"), !run.images.isEmpty {
            return run.images.map { RunImageOption(image: $0.image, mirrors: $0.mirrors) }
        }
        guard let stack: StackTOML = try read("cnb/stack.toml"), !stack.runImage.image.isEmpty else { return [] }
        return [RunImageOption(image: stack.runImage.image, mirrors: stack.runImage.mirrors)]
    }

    /// The buildpacks and extensions in the root.
    private func modules() throws(BuildError) -> [PackagedModule] {
        var found: [PackagedModule] = []
        for kind in [ModuleKind.buildpack, .imageExtension] {
            let parent = Path.join(root, kind == .buildpack ? "cnb/buildpacks" : "cnb/extensions")
            for directory in ModuleDirectories.below(parent, kind) {
                let module = try ModuleDirectories.module(in: directory, kind)
                found.append(module)
            }
        }
        return found
    }

    private func read<File: PlatformFile & TOMLReadable>(_ name: String) throws(BuildError) -> File? {
        do throws(PlatformModelError) {
            return try File.read(Path.join(root, name))
        } catch {
            throw BuildError(.failed, "builder: \(error)")
        }
    }

    private func read(_ name: String) throws(BuildError) -> OrderTOML? {
        do throws(BuildpackModelError) {
            return try TOMLFile.readIfPresent(Path.join(root, name))
        } catch {
            throw BuildError(.failed, "builder: \(error)")
        }
    }
}

/// Buildpacks and extensions in directories.
enum ModuleDirectories {
    /// The directories of modules in `<parent>/<id>/<version>`, in the order of their names.
    static func below(_ parent: String, _ kind: ModuleKind) -> [String] {
        var found: [String] = []
        for id in names(in: parent) {
            for version in names(in: Path.join(parent, id)) {
                let directory = Path.join(parent, id, version)
                if FileSystem.isRegularFile(Path.join(directory, kind.descriptorFileName)) { found.append(directory) }
            }
        }
        return found
    }

    private static func names(in directory: String) -> [String] {
        ((try? FileSystem.list(directory)) ?? []).map(\.name).sorted()
    }

    /// Which kind of module is in a directory; nil for none.
    static func kind(of directory: String) -> ModuleKind? {
        [ModuleKind.buildpack, .imageExtension].first {
            FileSystem.isRegularFile(Path.join(directory, $0.descriptorFileName))
        }
    }

    /// What the descriptor in a directory says.
    static func module(in directory: String, _ kind: ModuleKind) throws(BuildError) -> PackagedModule {
        do throws(BuildpackModelError) {
            switch kind {
            case .buildpack:
                let descriptor = try BuildpackDescriptor(rootDir: directory)
                return PackagedModule(descriptor.module, order: descriptor.order)
            case .imageExtension:
                return PackagedModule(try ExtensionDescriptor(rootDir: directory).module, order: Order())
            }
        } catch {
            throw BuildError(.failed, "\(kind.label.lowercased()) in \(directory): \(error)")
        }
    }
}

extension PackagedModule {
    /// The module that a descriptor describes.
    fileprivate init(_ descriptor: ModuleDescriptor, order: Order) {
        self.init(kind: descriptor.kind, id: descriptor.id, version: descriptor.version, api: descriptor.api)
        (name, homepage, targets) = (descriptor.name, descriptor.homepage, descriptor.targets)
        self.order = order
    }
}
