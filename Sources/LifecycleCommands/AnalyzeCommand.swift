import Phases
import PlatformModel

/// `analyzer`: finds out about previous image and run image.
struct AnalyzeCommand: PhaseCommand {
    private let context: CommandContext<ResolvedInputs>

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        var context = context
        try context.takeOutputImage(arguments)
        self.context = try context.resolved(for: .analyze)
        try self.context.guardLayout()
    }

    func takePrivileges() throws(PhaseError) -> PhaseStores {
        let inputs = context.inputs
        return try context.storesOfBuildUser(owning: [inputs.layersDir, inputs.cacheDir, inputs.launchCacheDir])
    }

    func execute(_ stores: PhaseStores) throws(PhaseError) {
        let stores = try context.addingLaunchCache(to: stores, failing: .analyze)
        let inputs = AnalyzeInputs(platformAPI: context.platformAPI, inputs: context.inputs)
        let analysis = try AnalyzePhase(inputs: inputs, stores: stores, logger: context.logger).run()
        try analysis.write(context.inputs.analyzedPath, logger: context.logger)
    }
}
