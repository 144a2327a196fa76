import CNBCore
import Console
import POSIX
import Phases
import PlatformModel

/// What the command of every phase works with: inputs as they were given, or resolved.
struct CommandContext<Inputs> {
    /// The Platform API.
    let platformAPI: PlatformAPI
    /// The platform's inputs, from the environment and flags.
    var inputs: Inputs
    /// Where messages go.
    let logger: Logger
    /// The environment variables.
    var environment: [String: String]

    /// What to do about deprecated Buildpack APIs.
    var deprecationMode: DeprecationMode {
        DeprecationMode(environment[EnvironmentName.deprecationMode] ?? "")
    }

    /// What to do about experiments.
    var experimentalMode: ExperimentalMode {
        ExperimentalMode(environment[EnvironmentName.experimentalMode] ?? "")
    }

    /// The environment as children are given it, `NAME=value` each.
    var environmentEntries: [String] {
        environment.map { "\($0.key)=\($0.value)" }.sorted()
    }

    /// Sets a variable for this process and for what buildpacks see, or removes it.
    mutating func setVariable(_ name: String, _ value: String?) {
        environment[name] = value
        ProcessEnvironment.set(name, value)
    }

    /// Refuses what is an experiment, or warns of it, as the platform wishes.
    func guardExperiment(_ feature: String) throws(PhaseError) {
        let message = "Platform requested experimental feature '\(feature)'"
        switch experimentalMode {
        case .quiet: break
        case .warn: logger.warn(message)
        case .error:
            logger.error(message)
            throw PhaseError(.failed, ExperimentalMode.refusal(environment: environmentEntries))
        }
    }

    /// Refuses to run what buildpacks do with privileges.
    func refuseRoot(_ action: String) throws(PhaseError) {
        if Users.userID == 0 { throw PhaseError(.failed, failedTo: action, "refusing to run as root") }
    }
}

extension CommandContext<PlatformInputs> {
    /// Checks the inputs of a phase and fills in what follows from others.
    func resolved(for phase: LifecyclePhase) throws(PhaseError) -> CommandContext<ResolvedInputs> {
        with(try resolving { context throws(PlatformModelError) in try inputs.resolved(for: phase, context) })
    }

    /// Checks the inputs of the exporter, and fills in what follows from others and from analyzed.toml.
    func resolvedForExport() throws(PhaseError) -> (CommandContext<ResolvedInputs>, AnalysisMetadata) {
        let resolved = try resolving { context throws(PlatformModelError) in try inputs.resolvedForExport(context) }
        return (with(resolved.inputs), resolved.analysis)
    }

    private func with(_ inputs: ResolvedInputs) -> CommandContext<ResolvedInputs> {
        CommandContext<ResolvedInputs>(
            platformAPI: platformAPI,
            inputs: inputs,
            logger: logger,
            environment: environment
        )
    }

    private func resolving<Resolved>(
        _ resolve: (ResolutionContext) throws(PlatformModelError) -> Resolved
    ) throws(PhaseError) -> Resolved {
        let logger = logger
        let access = ImageAccessCheck(inputs: inputs, environment: environment)
        let resolution = ResolutionContext(
            platformAPI: platformAPI,
            runImageVariable: environment[EnvironmentName.runImage] ?? "",
            access: { access.check($0) },
            notify: { notice in
                switch notice {
                case .info(let message): logger.info(message)
                case .warning(let message): logger.warn(message)
                }
            }
        )
        do {
            return try resolve(resolution)
        } catch .missingRunImage {
            // Not a fault of the command line: an earlier phase should have found the run image, so the exit code is
            // that of exporting.
            throw PhaseError(.export, failedTo: "export", PlatformModelError.missingRunImage)
        } catch {
            throw PhaseError(.invalidArguments, "failed to resolve inputs: \(error)", excerpt: error.excerpt)
        }
    }

    /// Takes the one argument of analyzer and creator: the app image's name.
    mutating func takeOutputImage(_ arguments: [String]) throws(PhaseError) {
        guard arguments.count == 1 else {
            throw PhaseError(
                .invalidArguments,
                failedTo: "parse arguments",
                "received \(arguments.count) arguments, but expected 1: the name of the app image"
            )
        }
        inputs.outputImage = arguments[0]
    }

    /// Takes the arguments of exporter and rebaser: the app image's name, and further names for it.
    mutating func takeOutputImages(_ arguments: [String]) throws(PhaseError) {
        guard let image = arguments.first else {
            throw PhaseError(
                .invalidArguments,
                failedTo: "parse arguments",
                "at least one image argument is required: the name of the app image"
            )
        }
        inputs.outputImage = image
        inputs.additionalTags = Array(arguments.dropFirst())
    }

    /// Refuses arguments, for phases that have none.
    func refuseArguments(_ arguments: [String], called noun: String = "arguments") throws(PhaseError) {
        guard arguments.isEmpty else {
            throw PhaseError(.invalidArguments, failedTo: "parse arguments", "received unexpected \(noun)")
        }
    }
}

extension CommandContext<ResolvedInputs> {
    /// Makes the image stores while credentials may be read, gives volumes to the user of the build, and becomes that
    /// user.
    ///
    /// - Parameters:
    ///   - moreImages: Images that the inputs don't name, for which credentials may be needed.
    ///   - volumes: Directories; missing and unnamed ones are left out.
    /// - Returns: The stores.
    /// - Throws: A `PhaseError` when stores can't be had, or the system refuses.
    func storesOfBuildUser(
        for moreImages: [String] = [],
        owning volumes: [String] = []
    ) throws(PhaseError) -> PhaseStores {
        let stores = try ImageStoreSelection(self).stores(for: moreImages)
        let user = try BuildUser(inputs)
        try user.own(volumes)
        try user.become()
        return stores
    }

    /// Checks that images may be kept in OCI layouts, where the platform asks for that.
    func guardLayout() throws(PhaseError) {
        guard inputs.useLayout else { return }
        try guardExperiment("export to OCI layout format")
        if inputs.layoutDir.isEmpty {
            throw PhaseError(.invalidArguments, failedTo: "resolve inputs", "-layout-dir is required with -layout")
        }
    }
}
