import BuildpackModel
import CNBCore
import Console
import Dockerfile
import POSIX

/// Runs `bin/generate` of an image extension, and reads what it has written.
struct GenerateExecution {
    private let inputs: DetectInputs
    private let outputDir: String
    private let environment: ModuleEnvironment
    private let logger: Logger

    /// Prepares for the extensions of a group.
    ///
    /// - Parameters:
    ///   - inputs: The phase's inputs.
    ///   - outputDir: The directory below which each extension has one for its output.
    ///   - target: The target of the build.
    ///   - logger: Is told what happens, and shows what extensions write.
    init(inputs: DetectInputs, outputDir: String, target: Target, logger: Logger) {
        self.inputs = inputs
        self.outputDir = outputDir
        self.logger = logger
        environment = ModuleEnvironment(
            inheriting: inputs.environment,
            platformDir: inputs.platformDir,
            buildConfigDir: inputs.buildConfigDir,
            target: target,
            execEnv: inputs.execEnv
        )
    }

    /// Runs an extension.
    ///
    /// - Parameters:
    ///   - element: The extension.
    ///   - plan: What it is to provide.
    /// - Returns: The Dockerfiles that it has written, checked.
    /// - Throws: A ``PhaseError`` of kind `extensionFailed` or `generate`.
    func run(_ element: GroupElement, plan: BuildpackPlan) throws(PhaseError) -> [GeneratedDockerfile] {
        logger.debug("Looking up extension")
        let store = ModuleStore(buildpacksDir: inputs.buildpacksDir, extensionsDir: inputs.extensionsDir)
        let module = try wrapping(.generate, failedTo: "build") { try store.imageExtension(element).module }
        logger.debug("Finding plan")
        logger.debug("Invoking command")
        let moduleDir = try generate(element, module, plan)
        logger.debug("Reading output files")
        return try readOutput(of: module, in: moduleDir)
    }

    // MARK: - Running

    /// Runs `bin/generate` if there is one.
    ///
    /// - Returns: The directory with the output.
    private func generate(
        _ element: GroupElement,
        _ module: ModuleDescriptor,
        _ plan: BuildpackPlan
    ) throws(PhaseError) -> String {
        let api = try inputs.deprecationMode.verifyAPI(module.api, of: element, logger: logger)
        let workspace = try wrapping(.generate, failedTo: "build") {
            try ModuleWorkspace(for: module, plan: plan, outputBelow: outputDir, logger: logger)
        }
        defer { workspace.removePlan() }
        logger.debug("Running generate command")
        guard module.hasExecutable(.generate) else { return try outputOfExtensionItself(module, workspace.outputDir) }
        let variables = try wrapping(.generate, failedTo: "build") {
            try environment.variables(
                for: module,
                api: api,
                executable: .generate,
                paths: [
                    EnvironmentName.buildpackPlanPath: workspace.planPath,
                    EnvironmentName.outputDir: workspace.outputDir,
                ]
            )
        }
        let command = module.command(
            .generate,
            arguments: [workspace.outputDir, inputs.platformDir, workspace.planPath],
            environment: variables,
            workingDirectory: inputs.appDir
        )
        try command.run(showingOutputBy: logger, failure: .extensionFailed, named: module.name(of: .generate))
        return workspace.outputDir
    }

    /// The output of an extension without `bin/generate`: its folder `generate`, which is put where output belongs.
    private func outputOfExtensionItself(
        _ module: ModuleDescriptor,
        _ moduleDir: String
    ) throws(PhaseError) -> String {
        let ready = Path.join(module.rootDir, "generate")
        guard inputs.platformAPI.supports(.extensionContexts), FileSystem.isDirectory(ready) else { return ready }
        try wrapping(.generate, failedTo: "build") { try FileSystem.copyTree(ready, to: moduleDir) }
        return moduleDir
    }

    // MARK: - Output

    private func readOutput(of module: ModuleDescriptor, in moduleDir: String) throws(PhaseError)
        -> [GeneratedDockerfile]
    {
        _ = try wrapping(.generate, failedTo: "build: reading extend config") {
            try TOMLFile.readIfPresent(Path.join(moduleDir, ExtendConfig.fileName), as: ExtendConfig.self)
        }
        var dockerfiles: [GeneratedDockerfile] = []
        for kind in [DockerfileKind.run, .build] {
            guard let dockerfile = try readDockerfile(kind, of: module, in: moduleDir) else { continue }
            dockerfiles.append(dockerfile)
            logger.debug("Found \(kind.fileName) for processing")
        }
        guard let contexts = ContextFolder.find(in: moduleDir) else {
            throw PhaseError(
                .generate,
                failedTo: "build",
                "image-specific context dir is provided together with a shared context"
            )
        }
        for context in contexts {
            let adjective = Path.base(context) == "context" ? "shared extension" : "extension"
            logger.debug("found \(adjective) context \"\(context)\"")
        }
        logger.debug("Found '\(contexts.count)' Build Contexts for processing")
        return dockerfiles
    }

    private func readDockerfile(
        _ kind: DockerfileKind,
        of module: ModuleDescriptor,
        in moduleDir: String
    ) throws(PhaseError) -> GeneratedDockerfile? {
        let path = Path.join(moduleDir, kind.fileName)
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.readFile(path, limit: FileLimit.dockerfile)
        } catch {
            if error.errno == .noSuchFile { return nil }
            throw PhaseError(.generate, failedTo: "build", error)
        }
        return try wrapping(.generate, failedTo: "build: failed to parse \(kind.fileName) for extension \(module.id)") {
            let findings = try DockerfileDocument(parsing: bytes).check(as: kind)
            for warning in findings.warnings { logger.warn(warning) }
            return GeneratedDockerfile(extensionID: module.id.text, kind: kind, path: path, findings: findings)
        }
    }
}
