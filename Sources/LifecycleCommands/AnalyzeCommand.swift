import Phases
import PlatformModel

/// `analyzer`: finds out about previous image and run image.
struct AnalyzeCommand: PhaseCommand {
    private var context: CommandContext
    private var stores: PhaseStores?

    init(_ context: CommandContext) { self.context = context }

    mutating func prepare(_ arguments: [String]) throws(PhaseError) {
        try context.takeOutputImage(arguments)
        try context.resolveInputs(for: .analyze)
        try context.guardLayout()
    }

    mutating func takePrivileges() throws(PhaseError) {
        let inputs = context.inputs
        stores = try ImageStoreSelection(context).stores()
        let user = try BuildUser(inputs)
        try user.own([inputs.layersDir, inputs.cacheDir, inputs.launchCacheDir])
        try user.become()
    }

    mutating func execute() throws(PhaseError) {
        guard var stores else { return }
        stores = try context.addingLaunchCache(to: stores, failing: .analyze)
        let inputs = AnalyzeInputs(platformAPI: context.platformAPI, inputs: context.inputs)
        let analysis = try AnalyzePhase(inputs: inputs, stores: stores, logger: context.logger).run()
        try analysis.write(context.inputs.analyzedPath, logger: context.logger)
    }
}
