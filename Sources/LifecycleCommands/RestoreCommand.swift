import BuildpackModel
import ImageStores
import Phases
import PlatformModel

/// `restorer`: brings back what earlier builds left.
struct RestoreCommand: PhaseCommand {
    /// What the restorer works with once privileges are given up.
    struct Means {
        /// The images.
        let stores: PhaseStores
        /// What analyzed.toml says, `nil` where it is not there; or why it can't be read.
        let analysis: Result<AnalysisMetadata?, PlatformModelError>
    }

    private let context: CommandContext<ResolvedInputs>

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        try context.refuseArguments(arguments, called: "Args")
        self.context = try context.resolved(for: .restore)
    }

    func takePrivileges() throws(PhaseError) -> Means {
        let inputs = context.inputs
        let analysis = Result { () throws(PlatformModelError) in try AnalysisMetadata.read(inputs.analyzedPath) }
        // Credentials may be needed for the run image that it names.
        let runImage = (try? analysis.get())?.runImage?.image
        let stores = try context.storesOfBuildUser(
            for: [runImage].compactMap { $0 },
            owning: [inputs.layersDir, inputs.cacheDir, inputs.kanikoDir]
        )
        return Means(stores: stores, analysis: analysis)
    }

    func execute(_ means: Means) throws(PhaseError) {
        let stores = means.stores
        let group = try GroupFile.read(
            context.inputs.groupPath,
            deprecationMode: context.deprecationMode,
            logger: context.logger
        )
        let update = AnalysisUpdate(
            inputs: AnalysisUpdate.Inputs(
                platformAPI: context.platformAPI,
                platform: context.inputs,
                group: group,
                found: means.analysis
            ),
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
    init(_ context: CommandContext<ResolvedInputs>, _ group: Group, _ analysis: AnalysisMetadata) {
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
