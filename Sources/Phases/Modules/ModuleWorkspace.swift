import BuildpackModel
import CNBCore
import Console
import POSIX

/// The files and directories of one run of `bin/build` or `bin/generate`: its Buildpack Plan and where its output goes.
struct ModuleWorkspace {
    /// The module's directory for its output.
    let outputDir: String
    /// The Buildpack Plan's path.
    let planPath: String
    /// The temporary directory that holds nothing but the plan.
    private let planDir: String

    /// Makes the directories and writes the plan.
    ///
    /// - Parameters:
    ///   - module: The module, after which the directories are named.
    ///   - plan: What the module is to provide.
    ///   - parent: The directory below which each module has one for its output.
    ///   - logger: Is told what happens.
    /// - Throws: When the system refuses.
    init(
        for module: ModuleDescriptor,
        plan: BuildpackPlan,
        outputBelow parent: String,
        logger: Logger
    ) throws(BuildpackModelError) {
        let name = module.id.directoryName
        outputDir = Path.join(parent, name)
        do {
            logger.debug("Creating plan directory")
            planDir = try FileSystem.makeTemporaryDirectory(prefix: "\(name)-")
            logger.debug("Preparing paths")
            try FileSystem.makeDirectories(outputDir, mode: 0o777)
        } catch {
            throw .file(error)
        }
        planPath = Path.join(planDir, name, "plan.toml")
        try TOMLFile.write(planPath, plan)
    }

    /// Removes the plan.
    func removePlan() {
        try? FileSystem.removeTree(planDir)
    }
}
