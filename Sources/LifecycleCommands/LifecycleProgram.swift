import CNBCore
public import Console
import POSIX
import Phases
import PlatformModel

/// The program `lifecycle`: which phase is meant, and what to do when none is.
///
/// The phase is the name by which the program was started (`detector`), or else the first argument (`detect`).
public struct LifecycleProgram {
    /// Where messages go.
    private let logger: Logger
    /// The environment variables.
    private let environment: [String: String]

    public init(logger: Logger, environment: [String: String]) {
        self.logger = logger
        self.environment = environment
    }

    /// Makes the program as it is started from a shell or a container: with this process's environment and output.
    public static var current: LifecycleProgram {
        let environment = ProcessEnvironment.current
        let format = Logger.Format(environmentValue: environment[EnvironmentName.logFormat])
        // The variable is read here already, so that errors before the flags are read have no colours either.
        let usesColor = !PlatformInputs { environment[$0] }.noColor
        return LifecycleProgram(logger: Logger(format: format, usesColor: usesColor), environment: environment)
    }

    /// Runs a phase.
    ///
    /// - Parameter arguments: The arguments, the first of which is the program's name.
    /// - Returns: The exit code.
    public func run(_ arguments: [String]) -> Int32 {
        do {
            return try dispatch(arguments).rawValue
        } catch {
            report(error)
            return ExitCode(error.kind).rawValue
        }
    }

    private func dispatch(_ arguments: [String]) throws(PhaseError) -> ExitCode {
        let program = Path.base(arguments.first ?? "")
        let name = String(program.dropLast(Path.fileExtension(program).count))
        if let phase = LifecyclePhase(programName: name) {
            return try run(phase, named: name, Array(arguments.dropFirst()))
        }
        guard let first = arguments.dropFirst().first else {
            throw PhaseError(.invalidArguments, "failed to parse arguments", excerpt: Self.help)
        }
        switch first {
        case "-version":
            logger.info(LifecycleVersion.text)
            return .success
        case "-help", "--help", "-h", "help":
            logger.output(.info, Array(Self.help.utf8))
            return .success
        case "-inputs":
            logger.output(.info, Array(InputsDocument.markdown.utf8))
            return .success
        default:
            // A wrong Platform API is reported first: which phases and flags there are depends on it.
            _ = try platformAPI(orNewestFor: Array(arguments.dropFirst(2)))
            guard let phase = LifecyclePhase(rawValue: Path.base(first)) else {
                let nearest = Suggestion.nearest(to: first, among: LifecyclePhase.allCases.map(\.rawValue))
                let hint = nearest.map { "\nDid you mean \($0)?" } ?? ""
                throw PhaseError(
                    .invalidArguments,
                    "failed to recognize phase: \(Path.base(first)) \n\(Self.validPhases)\(hint)"
                )
            }
            return try run(phase, named: phase.rawValue, Array(arguments.dropFirst(2)))
        }
    }

    private static let validPhases =
        "Valid phases: detect, analyze, restore, build, export, rebase, create, extend"

    private static let help = """
        Usage: lifecycle <phase> [flags] [<image>...]

        \(validPhases). Each is also a program of its own: \(LifecyclePhase.allCases.map(\.programName).joined(separator: ", ")).
        The Platform API has to be in \(EnvironmentName.platformAPI): \(PlatformAPI.range).

          lifecycle <phase> -help   the flags and variables of a phase
          lifecycle -version        the version
          lifecycle -inputs         all flags and variables, as Markdown

        """

    private func run(_ phase: LifecyclePhase, named name: String, _ arguments: [String]) throws(PhaseError) -> ExitCode
    {
        let context = CommandContext(
            platformAPI: try platformAPI(orNewestFor: arguments),
            inputs: PlatformInputs { environment[$0] },
            logger: logger,
            environment: environment
        )
        let format = environment[EnvironmentName.logFormat] ?? ""
        if !["", "text", "json"].contains(format) {
            logger.warn("Ignoring CNB_LOG_FORMAT: expected \"text\" or \"json\", found \"\(format)\"")
        }
        let meaningless = PlatformInput.meaninglessVariables(for: phase, platformAPI: context.platformAPI.version) {
            environment[$0]
        }
        for (name, value, expected) in meaningless {
            logger.warn("Ignoring \(name): expected \(expected), found \"\(value)\"")
        }
        var invocation = PhaseInvocation(phase: phase, name: name, context: context)
        return try invocation.run(arguments)
    }

    /// The Platform API; the newest one where none is set, and only help or the version is asked for.
    private func platformAPI(orNewestFor arguments: [String]) throws(PhaseError) -> PlatformAPI {
        let isQuestion = ["-help", "--help", "-h", "-version", "--version"].contains(arguments.first ?? "")
        let isSet = !environment[EnvironmentName.platformAPI, default: ""].isEmpty
        return isQuestion && arguments.count == 1 && !isSet ? .latest : try platformAPI()
    }

    private func platformAPI() throws(PhaseError) -> PlatformAPI {
        let text = environment[EnvironmentName.platformAPI] ?? ""
        let api: PlatformAPI
        do {
            api = try PlatformAPI(text)
        } catch {
            throw PhaseError(.incompatiblePlatformAPI, error.platformAPIFailure)
        }
        switch DeprecationMode(environment[EnvironmentName.deprecationMode] ?? "").judge(api) {
        case .accepted: break
        case .warned(let warnings): for warning in warnings { logger.warn(warning) }
        case .refused(let errors):
            for error in errors { logger.error(error) }
            throw PhaseError(.incompatiblePlatformAPI, CNBError.unsupportedPlatformAPI(text).platformAPIFailure)
        }
        return api
    }

    private func report(_ error: PhaseError) {
        // Platforms choose the user, so where permission is denied the message says which user it was.
        let isDenied =
            error.message.hasSuffix("permission denied") || error.message.hasSuffix("operation not permitted")
        let user = " (as user \(Users.effectiveUserID):\(Users.effectiveGroupID))"
        logger.error(error.message + (isDenied ? user : ""))
        guard let excerpt = error.excerpt else { return }
        for line in excerpt.split(separator: "\n", omittingEmptySubsequences: false) {
            logger.line(.error, Array(line.utf8))
        }
    }
}
