import BuildpackModel
import CNBCore
import Console
import PlatformModel
import TOML

/// The orders that detection goes through: order.toml with the system buildpacks put in, all modules verified.
struct DetectionOrders {
    /// The groups of buildpacks.
    var buildpacks: Order
    /// The groups of image extensions, which come before those of buildpacks.
    var extensions: Order

    /// Reads order.toml and system.toml, and verifies that all modules that they name are there and have a good API.
    ///
    /// Members of composite buildpacks are looked at only when their turn comes.
    ///
    /// - Parameters:
    ///   - inputs: The phase's inputs.
    ///   - logger: Is told what happens.
    /// - Throws: A ``PhaseError`` of kind `failed` or `incompatibleBuildpackAPI`.
    init(inputs: DetectInputs, logger: Logger) throws(PhaseError) {
        let file: OrderTOML = try wrapping(
            .failed,
            failedTo: "initialize detector: reading order: failed to read order file"
        ) {
            try TOMLFile.read(inputs.orderPath)
        }
        buildpacks = file.order
        extensions = file.extensionOrder
        if buildpacks.isEmpty { logger.warn(Self.missingOrder(inputs.orderPath)) }
        if inputs.platformAPI.supports(.systemBuildpacks) {
            add(try Self.readSystem(inputs, logger), logger)
        }
        try verify(inputs, logger)
    }

    /// What to say of a file without an order.
    private static func missingOrder(_ path: String) -> String {
        let keys = try? TOMLFile.parse(path) { table throws(TOMLError) in table.keys }
        let nearest = keys.flatMap { Suggestion.nearest(to: "order", among: $0.filter { $0 != "order" }) }
        let hint = nearest.map { "; it has [[\($0)]] where [[order]] may be meant" } ?? ""
        return "\(path) has no [[order]], so there is no group of buildpacks to try\(hint)"
    }

    private static func readSystem(_ inputs: DetectInputs, _ logger: Logger) throws(PhaseError) -> SystemTOML {
        let system = try wrapping(.failed, failedTo: "initialize detector: reading system") {
            try SystemTOML.read(inputs.systemPath)
        }
        if let system { return system }
        logger.debug("No system buildpacks found at path \"\(inputs.systemPath)\"")
        return SystemTOML()
    }

    /// Puts the system buildpacks before and after those of each group, except those that the group has already.
    private mutating func add(_ system: SystemTOML, _ logger: Logger) {
        buildpacks.groups = buildpacks.groups.map { group in
            let missing = { (entries: [GroupElement]) in
                entries.filter { entry in !group.contains { $0.id == entry.id } }
            }
            let before = missing(system.pre)
            let after = missing(system.post)
            if !before.isEmpty { logger.debug("Prepending \(before.count) system buildpack(s) to group") }
            if !after.isEmpty { logger.debug("Appending \(after.count) system buildpack(s) to group") }
            return before + group + after
        }
    }

    private func verify(_ inputs: DetectInputs, _ logger: Logger) throws(PhaseError) {
        let store = ModuleStore(buildpacksDir: inputs.buildpacksDir, extensionsDir: inputs.extensionsDir)
        for element in (buildpacks.groups + extensions.groups).joined() {
            let module = try wrapping(.failed, failedTo: "initialize detector") { try store.module(element) }
            try inputs.deprecationMode.verifyAPI(module.api, of: element, logger: logger)
        }
    }
}
