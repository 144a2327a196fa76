import BuildpackModel
import CNBCore
import Console
import POSIX
import TOML

/// Runs `bin/build` of one buildpack, and reads what it has written.
struct BuildExecution {
    private let inputs: BuildInputs
    private let logger: Logger
    private let buildpack: BuildpackDescriptor
    private let api: BuildpackAPI
    private let layersDir: String

    /// Looks the buildpack up.
    ///
    /// - Throws: A ``PhaseError`` of kind `build`, or of kind `incompatibleBuildpackAPI`.
    init(_ element: GroupElement, inputs: BuildInputs, logger: Logger) throws(PhaseError) {
        self.inputs = inputs
        self.logger = logger
        logger.debug("Looking up buildpack")
        buildpack = try wrapping(.build, failedTo: "build") {
            try ModuleStore(buildpacksDir: inputs.buildpacksDir, extensionsDir: "").buildpack(element)
        }
        api = try inputs.deprecationMode.verifyAPI(buildpack.module.api, of: element, logger: logger)
        layersDir = Path.join(inputs.layersDir, buildpack.module.id.directoryName)
    }

    /// Runs the buildpack.
    ///
    /// - Parameters:
    ///   - plan: What the buildpack is to provide.
    ///   - environment: The environment that buildpacks are run with, to which its build layers are added.
    /// - Returns: What the buildpack has contributed.
    /// - Throws: A ``PhaseError`` of kind `buildpackFailed` or `build`.
    func run(plan: BuildpackPlan, environment: inout ModuleEnvironment) throws(PhaseError) -> BuildContribution {
        try execute(plan, environment)
        logger.debug("Processing layers")
        let layers = try BuildpackOutput(layersDir)
        logger.debug("Updating environment")
        for layer in layers.layers where layer.metadata.build {
            try wrapping(.build, failedTo: "build") { try environment.add(buildLayer: layer.path) }
        }
        warnAboutVariables(of: layers)
        logger.debug("Reading output files")
        return try readOutput(plan, layers)
    }

    // MARK: - Running

    private func execute(_ plan: BuildpackPlan, _ environment: ModuleEnvironment) throws(PhaseError) {
        let workspace = try wrapping(.build, failedTo: "build") {
            try ModuleWorkspace(
                for: buildpack.module,
                plan: plan,
                outputBelow: inputs.layersDir,
                logger: logger
            )
        }
        defer { workspace.removePlan() }
        logger.debug("Running build command")
        let variables = try wrapping(.build, failedTo: "build") {
            try environment.variables(
                for: buildpack.module,
                api: api,
                executable: .build,
                paths: [
                    EnvironmentName.buildpackPlanPath: workspace.planPath,
                    EnvironmentName.layersDir: workspace.outputDir,
                ]
            )
        }
        let command = buildpack.module.command(
            .build,
            arguments: [workspace.outputDir, inputs.platformDir, workspace.planPath],
            environment: variables,
            workingDirectory: inputs.appDir
        )
        let name = buildpack.module.name(of: .build)
        try command.run(showingOutputBy: logger, failure: .buildpackFailed, named: name)
    }

    // MARK: - Output

    private func readOutput(_ plan: BuildpackPlan, _ layers: BuildpackOutput) throws(PhaseError) -> BuildContribution {
        let build = try readBuildTOML(plan)
        let buildBOM = try legacyBOM(build.bom, layers)
        let sbomFiles = try layers.sbomFiles(of: buildpack)
        var launch = try readLaunchTOML()
        let launchBOM = try legacyBOM(launch.bom, layers)
        if !api.supports(.processWorkingDir) { dropWorkingDirectories(&launch) }
        return BuildContribution(
            metNames: plan.metNames(unmet: build.unmet),
            launch: launch,
            launchBOM: launchBOM,
            buildBOM: buildBOM,
            sbomFiles: sbomFiles
        )
    }

    /// Warns of files in a layer's `env` directories that can't become variables.
    private func warnAboutVariables(of layers: BuildpackOutput) {
        for layer in layers.layers {
            for directory in ["env", "env.build", "env.launch"].map({ Path.join(layer.path, $0) }) {
                for entry in (try? FileSystem.list(directory)) ?? [] where entry.type == .regular {
                    let path = Path.join(directory, entry.name)
                    if entry.name.contains("=") {
                        logger.warn("\(path): no variable can have a name with '=' in it")
                    }
                    let contents = try? FileSystem.readFile(path, limit: FileLimit.environmentFile)
                    if contents?.contains(0) ?? false {
                        logger.warn("\(path): a value with a NUL byte can't be given to any program")
                    }
                }
            }
        }
    }

    /// Warns of keys that are unknown, and so ignored.
    private func warnAboutKeys(of table: TOMLTable, in name: String, _ known: KnownKeys) {
        for key in known.unknown(in: table) {
            let nearest = Suggestion.nearest(to: key.name, among: key.known).map { "; did you mean '\($0)'?" } ?? ""
            logger.warn("\(Path.join(layersDir, name)): unknown key '\(key.path)' is ignored\(nearest)")
        }
    }

    private func readBuildTOML(_ plan: BuildpackPlan) throws(PhaseError) -> BuildTOML {
        let build = try readOutputFile("build.toml", .build, BuildTOML.init) ?? BuildTOML()
        for name in build.unmet where !plan.entries.contains(where: { $0.name == name }) {
            throw PhaseError(.build, failedTo: "build", "unmet.name '\(name)' must match a requested dependency")
        }
        return build
    }

    private func readLaunchTOML() throws(PhaseError) -> LaunchTOML {
        let launch = try readOutputFile("launch.toml", .launch) { table throws(TOMLError) in
            try LaunchTOML(toml: table, api: api, buildpackID: buildpack.module.id.text)
        }
        return launch ?? LaunchTOML()
    }

    /// Reads a file that buildpacks may write beside their layers; `nil` when it has not.
    private func readOutputFile<Contents>(
        _ name: String,
        _ known: KnownKeys,
        _ parse: (TOMLTable) throws(TOMLError) -> Contents
    ) throws(PhaseError) -> Contents? {
        do {
            return try TOMLFile.parse(Path.join(layersDir, name)) { table throws(TOMLError) in
                warnAboutKeys(of: table, in: name, known)
                return try parse(table)
            }
        } catch {
            if error.isMissingFile { return nil }
            throw PhaseError(.build, failedTo: "build", error)
        }
    }

    private func dropWorkingDirectories(_ launch: inout LaunchTOML) {
        for index in launch.processes.indices where !launch.processes[index].workingDirectory.isEmpty {
            logger.warn(
                "process working directory isn't supported in this buildpack api version. "
                    + "Ignoring working directory for process '\(launch.processes[index].type)'"
            )
            launch.processes[index].workingDirectory = ""
        }
    }

    /// The entries of the old format with the buildpack that they come from.
    private func legacyBOM(
        _ entries: [Requirement],
        _ layers: BuildpackOutput
    ) throws(PhaseError) -> [BOMEntry] {
        guard !entries.isEmpty else { return [] }
        // A buildpack that writes both formats is being moved to the new one, so the old one is not complained about.
        if !layers.hasSBOMFiles {
            logger.warn(
                "BOM table is deprecated in this buildpack api version, though it remains supported for backwards "
                    + "compatibility. Buildpack authors should write BOM information to <layer>.sbom.<ext>, "
                    + "launch.sbom.<ext>, or build.sbom.<ext>."
            )
        }
        if let entry = entries.first(where: { !$0.version.isEmpty }) {
            throw PhaseError(
                .build,
                failedTo: "build",
                "bom entry '\(entry.name)' has a top level version which is not allowed. "
                    + "The buildpack should instead set metadata.version"
            )
        }
        let module = buildpack.module
        let origin = GroupElement(id: module.id, version: module.version)
        return entries.map { BOMEntry(requirement: $0, buildpack: origin) }
    }
}
