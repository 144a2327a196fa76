import BuildpackModel
import CNBCore
import Console
import ImageStores
import POSIX
import Phases
import PlatformModel

/// `creator`: all phases in one process.
struct CreateCommand: PhaseCommand {
    private var context: CommandContext
    private var stores: PhaseStores?

    init(_ context: CommandContext) { self.context = context }

    mutating func prepare(_ arguments: [String]) throws(PhaseError) {
        try context.takeOutputImage(arguments)
        try context.resolveInputs(for: .create)
        // Better now than after the build.
        _ = try context.layerCompression()
        try context.guardLayout()
    }

    mutating func takePrivileges() throws(PhaseError) {
        let inputs = context.inputs
        stores = try ImageStoreSelection(context).stores()
        let user = try BuildUser(inputs)
        try user.own([inputs.cacheDir, inputs.launchCacheDir, inputs.layersDir])
        if Users.isRoot {
            try user.become()
            let account = try user.account()
            setVariable("HOME", account.home)
            setVariable("USER", account.name)
        }
        try hideCredentials()
    }

    /// Keeps credentials from the buildpacks, which run as the same user: from their environment, and from what the
    /// kernel shows of this process.
    private mutating func hideCredentials() throws(PhaseError) {
        setVariable("CNB_REGISTRY_AUTH", nil)
        do {
            try Privileges.hideFromPeers()
        } catch {
            throw PhaseError(.failed, failedTo: "hide credentials from buildpacks", error)
        }
    }

    private mutating func setVariable(_ name: String, _ value: String?) {
        context.environment[name] = value
        ProcessEnvironment.set(name, value)
    }

    mutating func execute() throws(PhaseError) {
        guard var stores else { return }
        let logger = context.logger
        let cache = try context.layerCache(stores)
        let daemon = stores.images as? DaemonStore
        stores = try context.addingLaunchCache(to: stores, failing: .failed)

        logger.phase("ANALYZING")
        let analyzeInputs = AnalyzeInputs(platformAPI: context.platformAPI, inputs: context.inputs)
        let analysis = try AnalyzePhase(inputs: analyzeInputs, stores: stores, logger: logger).run()
        try analysis.write(context.inputs.analyzedPath, logger: logger)

        logger.phase("DETECTING")
        var detectInputs = try DetectInputs(context)
        // Extensions are refused below whatever the platform thinks of experiments.
        detectInputs.experimentalMode = .quiet
        let detected = try DetectPhase(inputs: detectInputs, logger: logger).run()
        let group = detected.group
        guard group.extensions.isEmpty else {
            throw PhaseError(
                .detect,
                failedTo: "detect",
                "detected order contains extensions which is not supported by the creator"
            )
        }

        if !context.inputs.skipLayers || context.platformAPI.supports(.restoreWhenSkippingLayers) {
            logger.phase("RESTORING")
            let restore = RestorePhase(
                inputs: RestoreInputs(context, group, analysis),
                cache: cache,
                furtherCaches: context.furtherCaches(stores),
                logger: logger
            )
            try restore.run()
        }

        logger.phase("BUILDING")
        let build = BuildPhase(inputs: try BuildInputs(context), logger: logger)
        let runBuild = { () throws(PhaseError) in
            try build.run(group: group, plan: detected.plan, analysis: analysis)
        }
        if let daemon { _ = try daemon.keepingAlive(runBuild) } else { _ = try runBuild() }

        logger.phase("EXPORTING")
        let inputs = try ExportInputs(context, group, analysis)
        _ = try ExportPhase(inputs: inputs, images: stores.images, cache: cache, logger: logger).run()
    }
}
