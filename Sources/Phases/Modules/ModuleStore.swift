import BuildpackModel
import CNBCore
import Console
import POSIX

/// The buildpacks and image extensions of a builder, each in `<id>/<version>` with `/` in the id as `_`.
struct ModuleStore: Sendable {
    /// The directory with buildpacks.
    var buildpacksDir: String
    /// The directory with image extensions.
    var extensionsDir: String

    /// Reads the descriptor of a group's buildpack.
    func buildpack(_ element: GroupElement) throws(BuildpackModelError) -> BuildpackDescriptor {
        try naming(element, below: buildpacksDir) { rootDir throws(BuildpackModelError) in
            try BuildpackDescriptor(rootDir: rootDir)
        }
    }

    /// Reads the descriptor of a group's image extension.
    func imageExtension(_ element: GroupElement) throws(BuildpackModelError) -> ExtensionDescriptor {
        try naming(element, below: extensionsDir) { rootDir throws(BuildpackModelError) in
            try ExtensionDescriptor(rootDir: rootDir)
        }
    }

    /// Reads a descriptor; where it is not there, the error says what is.
    private func naming<Descriptor>(
        _ element: GroupElement,
        below directory: String,
        read: (_ rootDir: String) throws(BuildpackModelError) -> Descriptor
    ) throws(BuildpackModelError) -> Descriptor {
        do {
            return try read(try rootDir(of: element, below: directory))
        } catch .file(var error) where error.errno == .noSuchFile && error.explanation == nil {
            error.explanation = "\(error.errno); \(whatIsThere(of: element, below: directory))"
            throw .file(error)
        }
    }

    private func whatIsThere(of element: GroupElement, below directory: String) -> String {
        let kind = element.kind.label.lowercased()
        let versions = ((try? FileSystem.list(Path.join(directory, element.directoryName))) ?? [])
            .map(\.name).filter { FileSystem.isDirectory(Path.join(directory, element.directoryName, $0)) }
        guard versions.isEmpty else {
            return "of \(kind) '\(element.id)' there are these versions: \(versions.joined(separator: ", "))"
        }
        return "there is no \(kind) '\(element.id)' in \(directory)"
    }

    /// Reads the descriptor of a group's element.
    func module(_ element: GroupElement) throws(BuildpackModelError) -> ModuleDescriptor {
        switch element.kind {
        case .buildpack: try buildpack(element).module
        case .imageExtension: try imageExtension(element).module
        }
    }

    private func rootDir(of element: GroupElement, below directory: String) throws(BuildpackModelError) -> String {
        do {
            return try Path.absolute(Path.join(directory, element.directoryName, element.version.text))
        } catch {
            throw .file(error)
        }
    }
}

extension DeprecationMode {
    /// Checks that the lifecycle implements the Buildpack API that a module asks for.
    ///
    /// - Parameters:
    ///   - text: The API as the descriptor or group.toml spells it.
    ///   - element: The module, for messages.
    ///   - logger: Is told about deprecated APIs.
    /// - Returns: The API.
    /// - Throws: A ``PhaseError`` of kind `incompatibleBuildpackAPI`.
    @discardableResult
    func verifyAPI(_ text: String, of element: GroupElement, logger: Logger) throws(PhaseError) -> BuildpackAPI {
        let kind = element.kind.label
        let api: BuildpackAPI
        do {
            api = try BuildpackAPI(text)
        } catch {
            throw PhaseError(
                .incompatibleBuildpackAPI,
                error.buildpackAPIFailure(kind: kind, name: element.description)
            )
        }
        switch judge(api, of: kind, named: element.description) {
        case .accepted: break
        case .warned(let warnings): warnings.forEach { logger.warn($0) }
        case .refused(let errors):
            errors.forEach { logger.error($0) }
            throw PhaseError(
                .incompatibleBuildpackAPI,
                CNBError.unsupportedBuildpackAPI(text).buildpackAPIFailure(kind: kind, name: element.description)
            )
        }
        return api
    }
}
