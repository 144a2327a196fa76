public import BuildpackModel
import CNBCore
public import Console
import POSIX
import PlatformModel

/// What detection has found.
public struct DetectResult: Equatable, Sendable {
    /// The group that passed, as in group.toml.
    public var group: Group
    /// What its members provide and require, as in plan.toml.
    public var plan: ResolvedBuildPlan
}

/// Finds the first group of buildpacks, and image extensions, that fits the app.
///
/// Every group that the order stands for is tried in turn until one passes: all required members pass `bin/detect`,
/// and a Build Plan can be made of what members provide and require. See the
/// [buildpack specification](https://github.com/buildpacks/spec/blob/main/buildpack.md#phase-1-detection).
/// If extensions take part, ``GeneratePhase`` comes next.
public struct DetectPhase: Sendable {
    let inputs: DetectInputs
    let logger: Logger

    /// Prepares the phase; nothing is read yet.
    ///
    /// - Parameters:
    ///   - inputs: What the phase is told.
    ///   - logger: Is told what happens.
    public init(inputs: DetectInputs, logger: Logger) {
        self.inputs = inputs
        self.logger = logger
    }

    /// Runs the phase and writes group.toml and plan.toml.
    ///
    /// - Returns: What was written.
    /// - Throws: A ``PhaseError`` of kind `noGroupDetected`, `noGroupDetectedWithErrors` or `detect`; of kind
    ///   `incompatibleBuildpackAPI`; or of kind `failed` when the inputs can't be read.
    public func run() throws(PhaseError) -> DetectResult {
        let analysis = try AnalysisMetadata.read(
            inputs.analyzedPath,
            to: "initialize detector",
            logger: logger
        )
        // Without the app directory no buildpack can be run, and each would seem to have failed.
        if !FileSystem.isDirectory(inputs.appDir) { logger.warn("there is no app directory \(inputs.appDir)") }
        let orders = try DetectionOrders(inputs: inputs, logger: logger)
        try guardExperiment(orders)
        let result = try logger.timed("Detector") { () throws(PhaseError) in
            try search(orders, for: BuildTarget(analysis))
        }
        try write(result)
        return result
    }

    /// Refuses extensions, or warns of them, where the Platform API has them as an experiment.
    private func guardExperiment(_ orders: DetectionOrders) throws(PhaseError) {
        guard !orders.extensions.isEmpty, inputs.platformAPI.supports(.experimentalExtensions) else { return }
        let message = "Platform requested experimental feature 'Dockerfiles'"
        switch inputs.experimentalMode {
        case .quiet: break
        case .warn: logger.warn(message)
        case .error:
            logger.error(message)
            throw PhaseError(.failed, ExperimentalMode.refusal(environment: inputs.environment))
        }
    }

    private func search(_ orders: DetectionOrders, for target: BuildTarget) throws(PhaseError) -> DetectResult {
        var search = GroupSearch(inputs: inputs, target: target, logger: logger)
        let attempt = try search.search(orders)
        switch attempt {
        case .passed(let members, let plan):
            search.journal.replay(to: logger)
            return DetectResult(group: Group(members: members), plan: plan)
        case .failed(let withErrors):
            search.journal.replayAll(to: logger)
            search.report.write(to: logger)
            logger.error("No buildpack groups passed detection.")
            guard !withErrors else {
                throw PhaseError(
                    .noGroupDetectedWithErrors,
                    failedTo: "detect",
                    "buildpack(s) failed with err"
                )
            }
            logger.error("Please check that you are running against the correct path.")
            throw PhaseError(.noGroupDetected, failedTo: "detect", "no buildpacks participating")
        }
    }

    private func write(_ result: DetectResult) throws(PhaseError) {
        try wrapping(.failed, failedTo: "write group file") { try TOMLFile.write(inputs.groupPath, result.group) }
        try wrapping(.failed, failedTo: "write plan file") { try TOMLFile.write(inputs.planPath, result.plan) }
    }
}

extension Group {
    /// Sorts the members that passed by kind.
    fileprivate init(members: [GroupElement]) {
        self.init(
            buildpacks: members.filter { $0.kind == .buildpack },
            extensions: members.filter { $0.kind == .imageExtension }
        )
    }
}
