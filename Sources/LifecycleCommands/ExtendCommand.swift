import Phases
import PlatformModel

/// `extender`: would apply Dockerfiles to build or run image, which isn't possible yet.
struct ExtendCommand: PhaseCommand {
    private var context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    mutating func prepare(_ arguments: [String]) throws(PhaseError) {
        try context.refuseArguments(arguments)
        try context.resolveInputs(for: .extend)
    }

    mutating func takePrivileges() throws(PhaseError) {}

    mutating func execute() throws(PhaseError) {
        throw PhaseError(
            .extend,
            failedTo: "extend \(context.inputs.extendKind) image",
            "this lifecycle cannot apply Dockerfiles yet"
        )
    }
}
