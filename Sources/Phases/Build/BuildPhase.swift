public import BuildpackModel
import CNBCore
public import Console
import POSIX
public import PlatformModel

/// Runs `bin/build` of each buildpack of the group and gathers what they contribute.
///
/// See the [buildpack specification](https://github.com/buildpacks/spec/blob/main/buildpack.md#phase-5-build).
public struct BuildPhase: Sendable {
    let inputs: BuildInputs
    let logger: Logger

    /// Prepares the phase; nothing is read yet.
    ///
    /// - Parameters:
    ///   - inputs: What the phase is told.
    ///   - logger: Is told what happens, and shows what buildpacks write.
    public init(inputs: BuildInputs, logger: Logger) {
        self.inputs = inputs
        self.logger = logger
    }

    /// Reads group.toml, plan.toml and analyzed.toml, and runs the phase.
    ///
    /// - Returns: The contents of metadata.toml, which has been written.
    /// - Throws: As ``run(group:plan:analysis:)``, and a ``PhaseError`` of kind `failed` when the inputs can't be read.
    @discardableResult
    public func run() throws(PhaseError) -> BuildMetadata {
        let group: Group = try read(inputs.groupPath, "group")
        let plan: ResolvedBuildPlan = try read(inputs.planPath, "plan")
        for element in group.buildpacks {
            try inputs.deprecationMode.verifyAPI(element.api, of: element, logger: logger)
        }
        let analysis = try AnalysisMetadata.read(
            inputs.analyzedPath,
            to: "reading analyzed.toml",
            logger: logger
        )
        return try run(group: group, plan: plan, analysis: analysis)
    }

    /// Runs the phase.
    ///
    /// - Parameters:
    ///   - group: The buildpacks to run, and the extensions that have been applied; their APIs are verified.
    ///   - plan: What the buildpacks provide and require.
    ///   - analysis: What is known about the run image.
    /// - Returns: The contents of metadata.toml, which has been written.
    /// - Throws: A ``PhaseError`` of kind `buildpackFailed` when a `bin/build` fails; of kind `build` when what it
    ///   writes is not valid, or files can't be read or written.
    @discardableResult
    public func run(
        group: Group,
        plan: ResolvedBuildPlan,
        analysis: AnalysisMetadata
    ) throws(PhaseError) -> BuildMetadata {
        let metadata = try logger.timed("Builder") { () throws(PhaseError) in
            try build(group, plan, BuildTarget(analysis))
        }
        try wrapping(.failed, failedTo: "write build metadata file") {
            try metadata.write(Path.join(inputs.layersDir, DefaultPath.metadata), platformAPI: inputs.platformAPI)
        }
        return metadata
    }

    // MARK: - Inputs

    private func read<File: TOMLReadable>(_ path: String, _ kind: String) throws(PhaseError) -> File {
        try wrapping(.failed, failedTo: "read \(kind) file") { try TOMLFile.read(path) }
    }

    // MARK: - Work

    private func build(
        _ group: Group,
        _ plan: ResolvedBuildPlan,
        _ target: BuildTarget
    ) throws(PhaseError) -> BuildMetadata {
        let sbom = SBOMOutput(layersDir: inputs.layersDir)
        try sbom.remove()
        var environment = ModuleEnvironment(
            inheriting: inputs.environment,
            platformDir: inputs.platformDir,
            buildConfigDir: inputs.buildConfigDir,
            target: target.completed(logger: logger).target,
            execEnv: inputs.execEnv
        )
        var plan = plan
        var processes = ProcessList()
        var contributions: [BuildContribution] = []
        for element in group.buildpacks {
            let contribution = try run(element, &plan, &environment)
            logger.debug("Updating process list")
            if let type = processes.add(contribution.launch.processes) {
                logger.warn(
                    "redefining the following default process type with a process not marked as default: \(type)"
                )
            }
            contributions.append(contribution)
            logger.debug("Finished running build for buildpack \(element)")
        }
        try writeSBOM(contributions, to: sbom)
        logger.debug("Listing processes")
        try checkCommands(of: processes.sorted)
        return BuildMetadata(
            bom: inputs.platformAPI.supports(.legacyBOMFiles) ? [] : contributions.flatMap(\.launchBOM),
            buildpacks: group.buildpacks,
            extensions: group.extensions,
            labels: contributions.flatMap(\.launch.labels),
            processes: processes.sorted.map { $0.adapted(to: inputs.platformAPI) },
            slices: contributions.flatMap(\.launch.slices),
            defaultProcessType: processes.defaultType
        )
    }

    /// Refuses processes without a command, where the Platform API has commands as single programs.
    private func checkCommands(of processes: [ProcessEntry]) throws(PhaseError) {
        guard !inputs.platformAPI.supports(.commandArrays) else { return }
        if let process = processes.first(where: \.command.isEmpty) {
            throw PhaseError(.build, failedTo: "build", "process '\(process.type)' has no command")
        }
    }

    /// Runs one buildpack, whose build layers later ones see, and takes what it has met from the plan.
    private func run(
        _ element: GroupElement,
        _ plan: inout ResolvedBuildPlan,
        _ environment: inout ModuleEnvironment
    ) throws(PhaseError) -> BuildContribution {
        logger.debug("Running build for buildpack \(element)")
        let execution = try BuildExecution(element, inputs: inputs, logger: logger)
        logger.debug("Finding plan")
        let provided = plan.buildpackPlan(for: .buildpack, id: element.id)
        let contribution = try execution.run(plan: provided, environment: &environment)
        logger.debug("Updating buildpack processes")
        plan.removeEntries(metBy: contribution.metNames)
        return contribution
    }

    private func writeSBOM(_ contributions: [BuildContribution], to sbom: SBOMOutput) throws(PhaseError) {
        if inputs.platformAPI.supports(.sbomFiles) {
            logger.debug("Copying SBOM files")
            for file in contributions.flatMap(\.sbomFiles) { try sbom.add(file) }
        }
        if inputs.platformAPI.supports(.legacyBOMFiles) {
            logger.debug("Creating SBOM files for legacy BOM")
            try sbom.writeLegacyBOM(contributions.flatMap(\.launchBOM), for: .launch)
            try sbom.writeLegacyBOM(contributions.flatMap(\.buildBOM), for: .build)
        }
    }
}
