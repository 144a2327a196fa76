import BuildpackModel
import ImageStores
import Phases
import PlatformModel

/// `restorer`: brings back what earlier builds left.
struct RestoreCommand: PhaseCommand {
    private let context: CommandContext

    init(_ context: CommandContext, _ arguments: [String]) throws(PhaseError) {
        var context = context
        try context.refuseArguments(arguments, called: "Args")
        try context.resolveInputs(for: .restore)
        self.context = context
    }

    func takePrivileges() throws(PhaseError) -> PhaseStores {
        let inputs = context.inputs
        return try context.storesOfBuildUser(
            for: [analyzedRunImage].compactMap { $0 },
            owning: [inputs.layersDir, inputs.cacheDir, inputs.kanikoDir]
        )
    }

    /// The run image that analyzed.toml names, for which credentials may be needed.
    private var analyzedRunImage: String? {
        let analysis = try? AnalysisMetadata.read(context.inputs.analyzedPath)
        return analysis.flatMap { $0.runImage?.image }
    }

    func execute(_ stores: PhaseStores) throws(PhaseError) {
        let group = try GroupFile.read(
            context.inputs.groupPath,
            deprecationMode: context.deprecationMode,
            logger: context.logger
        )
        let update = AnalysisUpdate(
            inputs: AnalysisUpdate.Inputs(platformAPI: context.platformAPI, platform: context.inputs, group: group),
            stores: stores,
            imagesToExtend: LayoutStore(layoutDir: context.inputs.imagesToExtendDir),
            logger: context.logger
        )
        let analysis = try update.run()
        let cache = try context.layerCache(stores)
        let restore = RestorePhase(
            inputs: RestoreInputs(context, group, analysis),
            cache: cache,
            furtherCaches: context.furtherCaches(stores),
            logger: context.logger
        )
        try restore.run()
    }
}

extension RestoreInputs {
    /// Takes the inputs of restoring from those of the platform and the phases before.
    init(_ context: CommandContext, _ group: Group, _ analysis: AnalysisMetadata) {
        self.init(
            platformAPI: context.platformAPI,
            layersDir: context.inputs.layersDir,
            buildpacks: group.buildpacks,
            previousLayers: analysis.layers,
            skipLayers: context.inputs.skipLayers,
            keepsTimes: context.inputs.keepsCacheTimes,
            absentBuildpacks: AbsentBuildpacks(context.inputs, context.platformAPI)
        )
    }
}
