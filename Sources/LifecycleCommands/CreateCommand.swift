import BuildpackModel
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel

/// `creator`: all phases in one process, unless image extensions may extend the build image.
struct CreateCommand: PhaseCommand {
    /// What the phases work with once privileges are given up.
    struct Preparation {
        /// The images.
        let stores: PhaseStores
        /// What the phases are told, without credentials, for the user of the build.
        let context: CommandContext<ResolvedInputs>
    }

    private let context: CommandContext<ResolvedInputs>

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        var context = context
        try context.takeOutputImage(arguments)
        self.context = try context.resolved(for: .create)
        // Checked now, so that a wrong value isn't found only after the build.
        _ = try self.context.layerCompression()
        try self.context.guardLayout()
    }

    func takePrivileges() throws(PhaseError) -> Preparation? {
        // The phases give privileges up one by one.
        if ExtendingCreatorRun.isAskedFor(context) { return nil }
        let inputs = context.inputs
        let wasRoot = Users.isRoot
        let stores = try context.storesOfBuildUser(owning: [inputs.cacheDir, inputs.launchCacheDir, inputs.layersDir])
        var context = context
        if wasRoot {
            let account = try BuildUser(inputs).account()
            context.setVariable("HOME", account.home)
            context.setVariable("USER", account.name)
        }
        // Buildpacks run as the same user, so credentials are kept from their environment, and from what the kernel shows
        // of this process.
        context.setVariable(EnvironmentName.registryAuth, nil)
        try wrapping(.failed, failedTo: "hide credentials from buildpacks") { try Privileges.hideFromPeers() }
        return Preparation(stores: stores, context: context)
    }

    func execute(_ means: Preparation?) throws(PhaseError) {
        guard let means else { return try ExtendingCreatorRun(context: context).run() }
        let context = means.context
        let cache = try context.layerCache(means.stores)
        let stores = try context.addingLaunchCache(to: means.stores, failing: .failed)
        try CreatorRun(context: context, stores: stores, cache: cache).run()
    }
}

/// The phases of one creator run, each of which takes what those before it have found.
private struct CreatorRun {
    let context: CommandContext<ResolvedInputs>
    let stores: PhaseStores
    let cache: (any LayerCache)?

    private var logger: Logger { context.logger }

    func run() throws(PhaseError) {
        let analysis = try analyze()
        let detected = try detect()
        try restore(detected.group, analysis)
        try build(detected, analysis)
        logger.phase("EXPORTING")
        let inputs = try ExportInputs(context, detected.group, analysis)
        _ = try ExportPhase(inputs: inputs, images: stores.images, cache: cache, logger: logger).run()
    }

    private func analyze() throws(PhaseError) -> AnalysisMetadata {
        logger.phase("ANALYZING")
        let inputs = AnalyzeInputs(platformAPI: context.platformAPI, inputs: context.inputs)
        let analysis = try AnalyzePhase(inputs: inputs, stores: stores, logger: logger).run()
        try analysis.write(context.inputs.analyzedPath, logger: logger)
        return analysis
    }

    private func detect() throws(PhaseError) -> DetectResult {
        logger.phase("DETECTING")
        var inputs = try DetectInputs(context)
        // The creator refuses extensions in any case, below, so nothing is to be said about experiments.
        inputs.experimentalMode = .quiet
        let detected = try DetectPhase(inputs: inputs, logger: logger).run()
        guard detected.group.extensions.isEmpty else {
            throw PhaseError(
                .detect,
                failedTo: "detect",
                "detected order contains extensions which is not supported by the creator"
            )
        }
        return detected
    }

    private func restore(_ group: Group, _ analysis: AnalysisMetadata) throws(PhaseError) {
        guard !context.inputs.skipLayers || context.platformAPI.supports(.restoreWhenSkippingLayers) else { return }
        logger.phase("RESTORING")
        let restore = RestorePhase(
            inputs: RestoreInputs(context, group, analysis),
            cache: cache,
            furtherCaches: context.furtherCaches(stores),
            logger: logger
        )
        try restore.run()
    }

    private func build(_ detected: DetectResult, _ analysis: AnalysisMetadata) throws(PhaseError) {
        logger.phase("BUILDING")
        let build = BuildPhase(inputs: try BuildInputs(context), logger: logger)
        _ = try stores.images.keepingAlive { () throws(PhaseError) in
            try build.run(group: detected.group, plan: detected.plan, analysis: analysis)
        }
    }
}
