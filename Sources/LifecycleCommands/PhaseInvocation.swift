import CNBCore
import Console
import POSIX
import Phases
import PlatformModel

/// The command of a phase, in the steps of every command; each step takes what the one before it has made.
protocol PhaseCommand {
    /// What is got while privileges last, and needed once they are given up.
    associatedtype Means

    /// Prepares the command: checks the arguments after the flags, and fills in what follows from flags and arguments.
    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError)

    /// Gets what only a privileged user can get, and gives up privileges that aren't needed.
    func takePrivileges() throws(PhaseError) -> Means

    /// Does the work.
    func execute(_ means: Means) throws(PhaseError)
}

/// One run of a phase's command.
struct PhaseInvocation {
    let phase: LifecyclePhase
    let name: String
    var context: CommandContext<PlatformInputs>

    private var logger: Logger { context.logger }

    init(phase: LifecyclePhase, name: String, context: CommandContext<PlatformInputs>) {
        self.phase = phase
        self.name = name
        self.context = context
    }

    /// Runs the command.
    ///
    /// - Parameter arguments: Flags and arguments.
    /// - Returns: The exit code of a run that didn't fail.
    /// - Throws: The failure of the phase.
    mutating func run(_ arguments: [String]) throws(PhaseError) -> ExitCode {
        let table = PhaseFlags.table(for: phase, platformAPI: context.platformAPI, inputs: context.inputs)
        let parsed: ParsedFlags
        do {
            parsed = try table.parse(arguments)
        } catch {
            PhaseFlags.explain(error, table)
            return error == .helpRequested ? .success : .usage
        }
        if parsed.boolean(PhaseFlags.version) == true {
            logger.info(LifecycleVersion.text)
            return .success
        }
        PhaseFlags.apply(parsed, to: &context.inputs, of: phase, platformAPI: context.platformAPI)
        try setUpLogger()
        warnAboutMisplacedFlags(parsed.arguments)
        logger.debug("Starting \(name)...")
        try? Interruption.install()
        switch phase {
        case .analyze: try run(AnalyzeCommand.self, parsed.arguments)
        case .detect: try run(DetectCommand.self, parsed.arguments)
        case .restore: try run(RestoreCommand.self, parsed.arguments)
        case .extend: try run(ExtendCommand.self, parsed.arguments)
        case .build: try run(BuildCommand.self, parsed.arguments)
        case .export: try run(ExportCommand.self, parsed.arguments)
        case .create: try run(CreateCommand.self, parsed.arguments)
        case .rebase: try run(RebaseCommand.self, parsed.arguments)
        }
        return .success
    }

    private func run(_ type: (some PhaseCommand).Type, _ arguments: [String]) throws(PhaseError) {
        logger.debug("Parsing inputs...")
        let command = try type.init(context, arguments)
        logger.debug("Ensuring privileges...")
        let means = try command.takePrivileges()
        logger.debug("Executing command...")
        try command.execute(means)
    }

    private func setUpLogger() throws(PhaseError) {
        if context.inputs.noColor { logger.usesColor = false }
        try wrapping(.failed) { logger.level = try LogLevel(context.inputs.logLevel) }
    }

    private func warnAboutMisplacedFlags(_ arguments: [String]) {
        for argument in arguments where argument.hasPrefix("-") {
            logger.warn(
                "unconsumed flag-like positional arg: \n\t\(argument)\n\t This will not be interpreted as a flag."
                    + "\n\t Did you mean to put this before the first positional argument?"
            )
        }
    }
}
