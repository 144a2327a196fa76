public import BuildpackModel
import CNBCore
public import Console
import Dockerfile
import POSIX
public import PlatformModel

/// What image extensions have made of a build.
public struct GenerateResult: Equatable, Sendable {
    /// The run image to use, as in analyzed.toml.
    public var analysis: AnalysisMetadata
    /// What is left of the plan for buildpacks, as in plan.toml.
    public var plan: ResolvedBuildPlan
}

/// Lets the image extensions of the group that passed detection write Dockerfiles.
///
/// The Dockerfiles are checked, and put where the extender looks for them. See the
/// [image extension specification](https://github.com/buildpacks/spec/blob/main/image_extension.md).
public struct GeneratePhase: Sendable {
    let inputs: DetectInputs
    let detected: DetectResult
    let logger: Logger

    /// Prepares the phase; nothing is read yet.
    ///
    /// - Parameters:
    ///   - inputs: What the detect phase was told.
    ///   - detected: What it has found.
    ///   - logger: Is told what happens, and shows what extensions write.
    public init(inputs: DetectInputs, detected: DetectResult, logger: Logger) {
        self.inputs = inputs
        self.detected = detected
        self.logger = logger
    }

    /// Runs the phase and writes analyzed.toml and plan.toml.
    ///
    /// - Returns: What was written.
    /// - Throws: A ``PhaseError`` of kind `extensionFailed` when `bin/generate` fails; of kind `generate` when what it
    ///   writes is not allowed; of kind `failed` when the inputs can't be read.
    public func run() throws(PhaseError) -> GenerateResult {
        let runImages = try readRunImages()
        let analysis = try AnalysisMetadata.read(
            inputs.analyzedPath,
            to: "initialize generator",
            logger: logger
        )
        let result = try logger.timed("Generator") { () throws(PhaseError) in
            try withOutputDir { outputDir throws(PhaseError) in
                try generate(below: outputDir, analysis, runImages)
            }
        }
        try write(result)
        return result
    }

    // MARK: - Inputs and outputs

    private func readRunImages() throws(PhaseError) -> RunTOML {
        let runImages = try wrapping(.failed, failedTo: "initialize generator") { try RunTOML.read(inputs.runPath) }
        if let runImages { return runImages }
        logger.info("No run metadata found at path \"\(inputs.runPath)\"")
        return RunTOML()
    }

    private func write(_ result: GenerateResult) throws(PhaseError) {
        try result.analysis.write(inputs.analyzedPath, logger: logger)
        try wrapping(.failed, failedTo: "write plan file") { try TOMLFile.write(inputs.planPath, result.plan) }
    }

    /// Gives a directory below which each extension has one for its output.
    ///
    /// With folders of context next to Dockerfiles it is the generated directory itself, before that a temporary one
    /// from which the Dockerfiles are copied.
    private func withOutputDir<Result>(
        _ body: (String) throws(PhaseError) -> Result
    ) throws(PhaseError) -> Result {
        if inputs.platformAPI.supports(.extensionContexts) { return try body(inputs.generatedDir) }
        let temporaryDir = try wrapping(.generate, failedTo: "build") {
            try FileSystem.makeTemporaryDirectory(prefix: "cnb-extensions-generated.")
        }
        defer { try? FileSystem.removeTree(temporaryDir) }
        return try body(temporaryDir)
    }

    // MARK: - Work

    private func generate(
        below outputDir: String,
        _ analysis: AnalysisMetadata,
        _ runImages: RunTOML
    ) throws(PhaseError) -> GenerateResult {
        let execution = GenerateExecution(
            inputs: inputs,
            outputDir: outputDir,
            target: BuildTarget(analysis).completed(logger: logger).target,
            logger: logger
        )
        var dockerfiles: [GeneratedDockerfile] = []
        var plan = detected.plan
        for element in detected.group.extensions {
            logger.debug("Running generate for extension \(element)")
            let provided = plan.buildpackPlan(for: .imageExtension, id: element.id)
            dockerfiles += try execution.run(element, plan: provided)
            plan.removeEntries(metBy: provided.metNames(unmet: []))
            logger.debug("Finished running generate for extension \(element)")
        }

        logger.debug("Checking run image")
        let choice = RunImageChoice(dockerfiles, logger: logger)
        var updated = apply(choice, to: analysis, runImages)
        if inputs.platformAPI.supports(.buildImageExtend) {
            updated.extendsBuildImage = dockerfiles.contains { $0.kind == .build }
        }
        logger.debug("Copying Dockerfiles")
        for (index, dockerfile) in dockerfiles.enumerated() {
            try put(dockerfile, isIgnored: choice.ignored.contains(index))
        }
        return GenerateResult(analysis: updated, plan: plan)
    }

    /// The analysis with the run image that the Dockerfiles ask for.
    private func apply(
        _ choice: RunImageChoice,
        to analysis: AnalysisMetadata,
        _ runImages: RunTOML
    ) -> AnalysisMetadata {
        var updated = analysis
        let isSame = inputs.platformAPI.supports(.runImageSwitchByName) && choice.newBase == analysis.runImage?.image
        if let image = choice.newBase, !image.isEmpty, !isSame {
            if !runImages.images.contains(where: { $0.contains(image) }) {
                logger.warn("new runtime base image '\(image)' not found in run metadata")
            }
            logger.debug("Updating analyzed metadata with new run image '\(image)'")
            // What was known about the target was about another image.
            updated.runImage = AnalyzedRunImage(reference: image, image: image, extend: choice.extends)
        }
        if choice.extends, updated.runImage != nil {
            logger.debug("Updating analyzed metadata to indicate run image extension")
            updated.runImage?.extend = true
        }
        return updated
    }

    /// Puts a Dockerfile where the extender looks for it, or out of its way.
    private func put(_ dockerfile: GeneratedDockerfile, isIgnored: Bool) throws(PhaseError) {
        try wrapping(.generate, failedTo: "build: failed to copy Dockerfile at \(dockerfile.path)") {
            if inputs.platformAPI.supports(.extensionContexts) {
                if isIgnored { try FileSystem.rename(dockerfile.path, to: "\(dockerfile.path).ignore") }
                return
            }
            let directory = Path.join(
                inputs.generatedDir,
                dockerfile.kind.rawValue,
                BuildpackID.directoryName(for: dockerfile.extensionID)
            )
            let path = Path.join(directory, isIgnored ? "Dockerfile.ignore" : "Dockerfile")
            try FileSystem.makeDirectories(directory, mode: 0o777)
            logger.debug("Copying \(dockerfile.path) to \(path)")
            try PlainCopy.copy(dockerfile.path, to: path)
            let config = Path.join(Path.directory(dockerfile.path), ExtendConfig.fileName)
            if FileSystem.exists(config) {
                try PlainCopy.copy(config, to: Path.join(directory, ExtendConfig.fileName))
            }
        }
    }
}
