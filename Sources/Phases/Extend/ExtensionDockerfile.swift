import BuildpackModel
import CNBCore
import Dockerfile
import POSIX
import PlatformModel

/// A Dockerfile that an extension has generated, with what belongs to it.
struct ExtensionDockerfile {
    /// The extension's id.
    let extensionID: String
    /// Where the file is.
    let path: String
    /// The file.
    let document: DockerfileDocument
    /// The directory that it copies from.
    let contextDir: String
    /// The arguments of extend-config.toml.
    let arguments: [String: String]

    /// What messages call it.
    func name(_ kind: DockerfileKind) -> String { "\(kind.fileName) of extension \(extensionID)" }

    /// Finds the Dockerfiles of a group's extensions.
    ///
    /// - Parameters:
    ///   - extensions: The extensions in order.
    ///   - inputs: Where they are, and of which kind.
    /// - Returns: Those that there are, in order.
    /// - Throws: A ``PhaseError`` of kind `extend` when one can't be read or breaks the rules.
    static func find(_ extensions: [GroupElement], _ inputs: ExtendInputs) throws(PhaseError) -> [ExtensionDockerfile] {
        var found: [ExtensionDockerfile] = []
        for element in extensions {
            if let dockerfile = try ExtensionDockerfile(element.id, inputs) { found.append(dockerfile) }
        }
        return found
    }

    private init?(_ id: BuildpackID, _ inputs: ExtendInputs) throws(PhaseError) {
        let generatedDir = inputs.platform.generatedDir
        let hasContexts = inputs.platformAPI.supports(.extensionContexts)
        let directory =
            hasContexts
            ? Path.join(generatedDir, id.directoryName)
            : Path.join(generatedDir, inputs.kind.rawValue, id.directoryName)
        path = Path.join(directory, hasContexts ? inputs.kind.fileName : "Dockerfile")
        extensionID = id.text
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.readFile(path, limit: FileLimit.dockerfile)
        } catch {
            if error.errno == .noSuchFile { return nil }
            throw PhaseError(.extend, failedTo: "read Dockerfile", error)
        }
        let path = path
        document = try wrapping(.extend, failedTo: "parse \(path)") {
            let document = try DockerfileDocument(parsing: bytes)
            _ = try document.check(as: inputs.kind)
            return document
        }
        let config = try wrapping(.extend, failedTo: "read extend config of \(id)") {
            let configPath = Path.join(directory, ExtendConfig.fileName)
            return try TOMLFile.readIfPresent(configPath, as: ExtendConfig.self) ?? ExtendConfig()
        }
        arguments = inputs.kind == .build ? config.buildArguments : config.runArguments
        let contexts = ["context.\(inputs.kind.rawValue)", "context"].map { Path.join(directory, $0) }
        contextDir =
            hasContexts
            ? contexts.first(where: FileSystem.isDirectory) ?? inputs.platform.appDir
            : inputs.platform.appDir
    }
}
