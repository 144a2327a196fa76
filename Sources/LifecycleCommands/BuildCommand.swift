import Phases
import PlatformModel

/// `builder`: runs the buildpacks.
struct BuildCommand: PhaseCommand {
    private let context: CommandContext<ResolvedInputs>

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        try context.refuseArguments(arguments)
        self.context = try context.resolved(for: .build)
    }

    /// Buildpacks never run with privileges.
    func takePrivileges() throws(PhaseError) { try context.refuseRoot("build") }

    func execute(_ means: Void) throws(PhaseError) {
        try BuildPhase(inputs: try BuildInputs(context), logger: context.logger).run()
    }
}

extension BuildInputs {
    /// Takes the inputs of building from those of the platform.
    init(_ context: CommandContext<ResolvedInputs>) throws(PhaseError) {
        self.init(platformAPI: context.platformAPI, environment: context.environmentEntries)
        let inputs = context.inputs
        appDir = inputs.appDir
        layersDir = inputs.layersDir
        buildpacksDir = inputs.buildpacksDir
        platformDir = inputs.platformDir
        buildConfigDir = inputs.buildConfigDir
        groupPath = inputs.groupPath
        planPath = inputs.planPath
        analyzedPath = inputs.analyzedPath
        execEnv = try context.execEnv()
        deprecationMode = context.deprecationMode
    }
}
