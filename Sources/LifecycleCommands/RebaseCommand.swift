import Phases
import PlatformModel

/// `rebaser`: puts an app image on a newer run image.
struct RebaseCommand: PhaseCommand {
    private let context: CommandContext<ResolvedInputs>

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        var context = context
        try context.takeOutputImages(arguments)
        // The rebaser has no `-layout`; the variable of other phases doesn't apply to it.
        context.inputs.useLayout = false
        self.context = try context.resolved(for: .rebase)
    }

    func takePrivileges() throws(PhaseError) -> PhaseStores { try context.storesOfBuildUser() }

    func execute(_ stores: PhaseStores) throws(PhaseError) {
        let inputs = RebaseInputs(platformAPI: context.platformAPI, platform: context.inputs)
        _ = try RebasePhase(inputs: inputs, images: stores.images, logger: context.logger).run()
    }
}
