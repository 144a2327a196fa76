import Archive
import BuildpackModel
import CNBCore
import ImageStores
import OCI
import POSIX
import Phases
import PlatformModel

/// `exporter`: makes the app image.
struct ExportCommand: PhaseCommand {
    private let context: CommandContext<ResolvedInputs>
    private let analysis: AnalysisMetadata

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        var context = context
        try context.takeOutputImages(arguments)
        (self.context, analysis) = try context.resolvedForExport()
        try self.context.guardLayout()
    }

    func takePrivileges() throws(PhaseError) -> PhaseStores {
        let inputs = context.inputs
        // Images in a daemon need no credentials.
        let previousImage = inputs.useDaemon ? nil : analysis.previousImage
        return try context.storesOfBuildUser(
            for: [previousImage].compactMap { $0 },
            owning: [inputs.cacheDir, inputs.launchCacheDir]
        )
    }

    func execute(_ stores: PhaseStores) throws(PhaseError) {
        let group = try GroupFile.read(
            context.inputs.groupPath,
            deprecationMode: context.deprecationMode,
            logger: context.logger
        )
        let cache = try context.layerCache(stores)
        let images = try context.addingLaunchCache(to: stores, failing: .failed).images
        if context.platformAPI.supports(.experimentalExtensions) && hasExtendedLayers {
            try context.guardExperiment("Dockerfiles")
        }
        let inputs = try ExportInputs(context, group, analysis)
        _ = try ExportPhase(inputs: inputs, images: images, cache: cache, logger: context.logger).run()
    }

    /// Whether the extender has made layers for the run image.
    private var hasExtendedLayers: Bool {
        let directory = Path.join(context.inputs.extendedDir, "run")
        return (try? FileSystem.list(directory))?.isEmpty == false
    }
}

extension CommandContext<ResolvedInputs> {
    /// How new layers of the app image are compressed.
    ///
    /// Daemons take layers as they are.
    func layerCompression() throws(PhaseError) -> LayerCompression {
        try wrapping(.invalidArguments, failedTo: "resolve inputs: \(EnvironmentName.layerCompression)") {
            let wanted = try LayerCompression(environment[EnvironmentName.layerCompression] ?? "")
            return inputs.useDaemon ? .none : wanted
        }
    }
}

extension ExportInputs {
    /// Takes the inputs of exporting from those of the platform and the phases before.
    init(_ context: CommandContext<ResolvedInputs>, _ group: Group, _ analysis: AnalysisMetadata) throws(PhaseError) {
        self.init(
            platformAPI: context.platformAPI,
            platform: context.inputs,
            group: group,
            analysis: analysis,
            launcher: LifecycleVersion.launcher,
            sourceDateEpoch: context.environment[EnvironmentName.sourceDateEpoch],
            compression: try context.layerCompression(),
            openLayout: { (path: String) throws(OCIError) in
                try LayoutStore(layoutDir: Path.directory(path)).open(path, platform: nil)
            }
        )
    }
}
