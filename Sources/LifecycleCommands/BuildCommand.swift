import POSIX
import Phases
import PlatformModel

/// `builder`: runs the buildpacks.
struct BuildCommand: PhaseCommand {
    private var context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    mutating func prepare(_ arguments: [String]) throws(PhaseError) {
        try context.refuseArguments(arguments)
        try context.resolveInputs(for: .build)
    }

    /// Buildpacks never run with privileges.
    mutating func takePrivileges() throws(PhaseError) {
        if Users.userID == 0 { throw PhaseError(.failed, failedTo: "build", "refusing to run as root") }
    }

    mutating func execute() throws(PhaseError) {
        try BuildPhase(inputs: try BuildInputs(context), logger: context.logger).run()
    }
}

extension BuildInputs {
    /// Takes the inputs of building from those of the platform.
    init(_ context: CommandContext) throws(PhaseError) {
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
