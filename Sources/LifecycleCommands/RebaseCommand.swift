import Phases
import PlatformModel

/// `rebaser`: puts an app image on a newer run image.
struct RebaseCommand: PhaseCommand {
    private var context: CommandContext
    private var stores: PhaseStores?

    init(_ context: CommandContext) { self.context = context }

    mutating func prepare(_ arguments: [String]) throws(PhaseError) {
        guard let image = arguments.first else {
            throw PhaseError(
                .invalidArguments,
                failedTo: "parse arguments",
                "at least one image argument is required: the name of the app image"
            )
        }
        context.inputs.outputImage = image
        context.inputs.additionalTags = Array(arguments.dropFirst())
        // Only images in registries are rebased, whatever the environment says about layouts.
        context.inputs.useLayout = false
        try context.resolveInputs(for: .rebase)
    }

    mutating func takePrivileges() throws(PhaseError) {
        stores = try ImageStoreSelection(context).stores()
        try BuildUser(context.inputs).become()
    }

    mutating func execute() throws(PhaseError) {
        guard let stores else { return }
        let inputs = RebaseInputs(platformAPI: context.platformAPI, platform: context.inputs)
        _ = try RebasePhase(inputs: inputs, images: stores.images, logger: context.logger).run()
    }
}
