import BuildpackModel
import CNBCore
import Console
import POSIX
import Phases
import PlatformModel

/// A creator run in which image extensions may extend the build image that it runs in.
///
/// Extending takes root, and buildpacks must not have it, so each phase is a process of its own here, as where a platform
/// calls them one by one.
struct ExtendingCreatorRun {
    let context: CommandContext<ResolvedInputs>

    private var logger: Logger { context.logger }
    private var inputs: ResolvedInputs { context.inputs }

    /// Whether a creator run is to be one of these.
    static func isAskedFor(_ context: CommandContext<ResolvedInputs>) -> Bool {
        Users.isRoot && ["1", "true"].contains(context.environment[EnvironmentName.extendInCreator] ?? "")
            && context.platformAPI.supports(.buildImageExtend)
    }

    /// Runs all phases.
    ///
    /// - Throws: A `PhaseError` of the kind that the exit code of a phase stands for.
    func run() throws(PhaseError) {
        let user = try BuildUser(inputs)
        logger.phase("ANALYZING")
        try run(.analyze, [inputs.outputImage], as: nil)
        logger.phase("DETECTING")
        try run(.detect, [], as: user)
        let extendsBuildImage = try checkExtensions()
        logger.phase("RESTORING")
        try run(.restore, [], as: nil)
        logger.phase("BUILDING")
        if extendsBuildImage {
            try run(.extend, [], as: nil)
        } else {
            try run(.build, [], as: user)
        }
        logger.phase("EXPORTING")
        try run(.export, [inputs.outputImage] + inputs.additionalTags, as: nil)
    }

    /// Makes sure, before anything is built, that what extensions ask for can be done here.
    ///
    /// - Returns: Whether the build image is to be extended.
    private func checkExtensions() throws(PhaseError) -> Bool {
        let analysis = try wrapping(.failed, failedTo: "read analyzed.toml") {
            try AnalysisMetadata.read(inputs.analyzedPath) ?? AnalysisMetadata()
        }
        if analysis.runImage?.extend == true {
            throw PhaseError(
                .extend,
                failedTo: "extend run image",
                "the creator runs in the build image, and this takes a container of the run image: call analyzer, detector, "
                    + "restorer, extender -kind build, extender -kind run in a container of the run image, and exporter"
            )
        }
        if analysis.extendsBuildImage, inputs.buildImage.isEmpty {
            throw PhaseError(
                .extend,
                failedTo: "extend build image",
                "CNB_BUILD_IMAGE has to name the image that this container is made of"
            )
        }
        return analysis.extendsBuildImage
    }

    // MARK: - A phase

    /// Runs a phase with the inputs of this one.
    ///
    /// - Parameters:
    ///   - phase: The phase.
    ///   - arguments: What follows its flags.
    ///   - user: Who it runs as from the start; nil for root, which the phase gives up itself.
    /// - Throws: A `PhaseError` of the kind that its exit code stands for.
    private func run(_ phase: LifecyclePhase, _ arguments: [String], as user: BuildUser?) throws(PhaseError) {
        var flags = PlatformInput.arguments(for: phase, platformAPI: context.platformAPI.version, from: inputs)
        // The exporter has it from analyzed.toml, and refuses to be told.
        if phase == .export { flags.removeAll { $0.hasPrefix("-run-image=") } }
        var configuration = SubprocessConfiguration(
            executable: "/proc/self/exe",
            arguments: flags + arguments,
            environment: try environment(of: phase, user)
        )
        configuration.name = phase.programName
        configuration.standardInput = .inherited
        if let user {
            configuration.identity = SubprocessConfiguration.Identity(uid: user.uid, gid: user.gid, groups: [user.gid])
        }
        let status = try wrapping(.failed, failedTo: "run \(phase.programName)") {
            try Subprocess.run(configuration, by: .pieces) { stream, bytes in
                let descriptor = stream == .standardOutput ? FileDescriptor.standardOutput : .standardError
                // Where nobody listens any more, the phase goes on all the same.
                try? descriptor.writeAll(Array(bytes))
            }
        }
        guard !status.isSuccess else { return }
        let kind = PhaseErrorKind.allCases.first { ExitCode($0).rawValue == status.code } ?? .failed
        throw PhaseError(kind, failedTo: "run \(phase.programName)", status)
    }

    /// What a phase is told by variables; those that run others' code get no credentials.
    private func environment(of phase: LifecyclePhase, _ user: BuildUser?) throws(PhaseError) -> [String] {
        var variables = context.environment
        variables[EnvironmentName.extendInCreator] = nil
        if [.detect, .extend, .build].contains(phase) { variables[EnvironmentName.registryAuth] = nil }
        if let account = try user?.account() {
            variables["HOME"] = account.home
            variables["USER"] = account.name
        }
        return variables.map { "\($0.key)=\($0.value)" }.sorted()
    }
}
