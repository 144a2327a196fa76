import Phases
import PlatformModel

/// `extender`: would apply Dockerfiles to build or run image, which isn't possible yet.
struct ExtendCommand: PhaseCommand {
    private let context: CommandContext

    init(_ context: CommandContext, _ arguments: [String]) throws(PhaseError) {
        var context = context
        try context.refuseArguments(arguments)
        try context.resolveInputs(for: .extend)
        self.context = context
    }

    func takePrivileges() throws(PhaseError) {}

    func execute(_ means: Void) throws(PhaseError) {
        throw PhaseError(
            .extend,
            failedTo: "extend \(context.inputs.extendKind) image",
            "this lifecycle cannot apply Dockerfiles yet"
        )
    }
}
