import BuildpackModel
import CNBCore
import Phases
import PlatformModel

/// `detector`: chooses the buildpacks.
struct DetectCommand: PhaseCommand {
    private let context: CommandContext<ResolvedInputs>

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        try context.refuseArguments(arguments)
        self.context = try context.resolved(for: .detect)
    }

    /// Buildpacks never run with privileges.
    func takePrivileges() throws(PhaseError) { try context.refuseRoot("detect") }

    func execute(_ means: Void) throws(PhaseError) {
        let inputs = try DetectInputs(context)
        let result = try DetectPhase(inputs: inputs, logger: context.logger).run()
        guard !result.group.extensions.isEmpty else { return }
        _ = try GeneratePhase(inputs: inputs, detected: result, logger: context.logger).run()
    }
}

extension DetectInputs {
    /// Takes the inputs of detection from those of the platform.
    init(_ context: CommandContext<ResolvedInputs>) throws(PhaseError) {
        self.init(platformAPI: context.platformAPI, environment: context.environmentEntries)
        let inputs = context.inputs
        appDir = inputs.appDir
        buildpacksDir = inputs.buildpacksDir
        extensionsDir = inputs.extensionsDir
        platformDir = inputs.platformDir
        buildConfigDir = inputs.buildConfigDir
        orderPath = inputs.orderPath
        systemPath = inputs.systemPath
        runPath = inputs.runPath
        analyzedPath = inputs.analyzedPath
        groupPath = inputs.groupPath
        planPath = inputs.planPath
        generatedDir = inputs.generatedDir
        execEnv = try context.execEnv()
        deprecationMode = context.deprecationMode
        experimentalMode = context.experimentalMode
    }
}

extension CommandContext<ResolvedInputs> {
    /// The execution environment.
    func execEnv() throws(PhaseError) -> ExecEnv {
        try wrapping(.invalidArguments, failedTo: "resolve inputs") { try ExecEnv(inputs.execEnv) }
    }
}
