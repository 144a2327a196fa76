import BuildpackModel
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel

/// `creator`: all phases in one process.
struct CreateCommand: PhaseCommand {
    /// What the phases work with once privileges are given up.
    struct Means {
        /// The images.
        let stores: PhaseStores
        /// The environment of the user of the build, without credentials.
        let environment: [String: String]
    }

    private let context: CommandContext

    init(_ context: CommandContext, _ arguments: [String]) throws(PhaseError) {
        var context = context
        try context.takeOutputImage(arguments)
        try context.resolveInputs(for: .create)
        // Checked now, so that a wrong value isn't found only after the build.
        _ = try context.layerCompression()
        try context.guardLayout()
        self.context = context
    }

    func takePrivileges() throws(PhaseError) -> Means {
        let inputs = context.inputs
        let wasRoot = Users.isRoot
        let stores = try context.storesOfBuildUser(owning: [inputs.cacheDir, inputs.launchCacheDir, inputs.layersDir])
        var environment = context.environment
        if wasRoot {
            let account = try BuildUser(inputs).account()
            Self.setVariable("HOME", account.home, in: &environment)
            Self.setVariable("USER", account.name, in: &environment)
        }
        try Self.hideCredentials(in: &environment)
        return Means(stores: stores, environment: environment)
    }

    /// Keeps credentials from the buildpacks, which run as the same user: from their environment, and from what the
    /// kernel shows of this process.
    private static func hideCredentials(in environment: inout [String: String]) throws(PhaseError) {
        setVariable("CNB_REGISTRY_AUTH", nil, in: &environment)
        try wrapping(.failed, failedTo: "hide credentials from buildpacks") { try Privileges.hideFromPeers() }
    }

    private static func setVariable(_ name: String, _ value: String?, in environment: inout [String: String]) {
        environment[name] = value
        ProcessEnvironment.set(name, value)
    }

    func execute(_ means: Means) throws(PhaseError) {
        var context = context
        context.environment = means.environment
        let cache = try context.layerCache(means.stores)
        let stores = try context.addingLaunchCache(to: means.stores, failing: .failed)
        try CreatorRun(context: context, stores: stores, cache: cache).run()
    }
}

/// The phases of one creator run, each of which takes what those before it have found.
private struct CreatorRun {
    let context: CommandContext
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
