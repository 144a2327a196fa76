import BuildpackModel
import CNBCore
import Console
import JSON
import POSIX
import PlatformModel
import Synchronization

/// Runs `bin/detect` of the members of groups, each at most once however many groups it is in.
struct DetectExecutions {
    /// The largest number of modules that are run at a time.
    private static let limit = 64

    private let inputs: DetectInputs
    private let logger: Logger
    private let target: BuildTarget
    private var outcomes: [GroupElement: DetectOutcome] = [:]
    private var completedTarget: RunImageTarget?

    init(inputs: DetectInputs, target: BuildTarget, logger: Logger) {
        self.inputs = inputs
        self.target = target
        self.logger = logger
    }

    /// The target of the build; what analyzed.toml doesn't say is looked up when it is first asked for.
    mutating func runImageTarget() -> RunImageTarget {
        if let completedTarget { return completedTarget }
        let completed = target.completed(logger: logger)
        completedTarget = completed
        return completed
    }

    /// Notes that a module must not be run, as it is for other targets than the run image.
    mutating func record(incompatibleTargetsOf candidate: DetectCandidate) {
        let image = JSONWriter.string(runImageTarget().json)
        let module = JSONWriter.string(.array(candidate.module.targets.map(\.json)))
        outcomes[candidate.element.identity] = DetectOutcome(
            status: .errored(
                "unable to satisfy target os/arch constraints; run image: \(image), buildpack: \(module)"
            )
        )
    }

    /// What became of the candidates, after running at the same time those that have not been run before.
    ///
    /// - Returns: The outcomes in the order of the candidates.
    mutating func outcomes(of candidates: [DetectCandidate]) -> [DetectOutcome] {
        let new = candidates.filter { outcomes[$0.element.identity] == nil }
        if !new.isEmpty {
            let execution = DetectExecution(inputs: inputs, target: runImageTarget().target)
            let results = Mutex([Int: DetectOutcome]())
            Threads.parallel(count: new.count, limit: Self.limit) { index in
                let outcome = execution.run(new[index])
                results.withLock { $0[index] = outcome }
            }
            for (index, outcome) in results.withLock({ $0 }) {
                outcomes[new[index].element.identity] = outcome
            }
        }
        return candidates.map { outcomes[$0.element.identity] ?? DetectOutcome(status: .errored(nil)) }
    }
}

/// Runs `bin/detect` of one module and reads the Build Plan that it writes.
struct DetectExecution: Sendable {
    private let inputs: DetectInputs
    private let environment: ModuleEnvironment

    init(inputs: DetectInputs, target: Target) {
        self.inputs = inputs
        environment = ModuleEnvironment(
            inheriting: inputs.environment,
            platformDir: inputs.platformDir,
            buildConfigDir: inputs.buildConfigDir,
            target: target,
            execEnv: inputs.execEnv
        )
    }

    /// Runs the module; whatever goes wrong is an outcome.
    func run(_ candidate: DetectCandidate) -> DetectOutcome {
        let module = candidate.module
        if module.kind == .imageExtension, !module.hasExecutable(.detect) {
            return readPlan(Path.join(module.rootDir, "detect/plan.toml"), of: module, isOptional: true)
        }
        do {
            let planDir = try FileSystem.makeTemporaryDirectory(prefix: "plan.")
            defer { try? FileSystem.removeTree(planDir) }
            let planPath = Path.join(planDir, "plan.toml")
            try FileSystem.writeFile(planPath, "", mode: 0o600)
            return run(candidate, planPath: planPath)
        } catch {
            return DetectOutcome(status: .errored(error.description))
        }
    }

    private func run(_ candidate: DetectCandidate, planPath: String) -> DetectOutcome {
        let module = candidate.module
        var output: [UInt8] = []
        do {
            let variables: [String]
            do {
                variables = try environment.variables(
                    for: module,
                    api: candidate.api,
                    executable: .detect,
                    paths: [EnvironmentName.buildPlanPath: planPath]
                )
            } catch {
                return DetectOutcome(status: .errored("\(error) (a variable of the platform, not of the buildpack)"))
            }
            let command = module.command(
                .detect,
                arguments: [inputs.platformDir, planPath],
                environment: variables,
                workingDirectory: inputs.appDir
            )
            let exit = try Subprocess.run(command) { _, line in output += line }
            switch exit {
            case .exited(0):
                var outcome = readPlan(planPath, of: module, isOptional: false)
                outcome.output = output
                return outcome
            case .exited(100): return DetectOutcome(status: .declined, output: output)
            case .exited(let code): return DetectOutcome(status: .exited(code), output: output)
            case .signaled: return DetectOutcome(status: .errored(nil), output: output)
            }
        } catch {
            return DetectOutcome(status: .errored("\(error)"), output: output)
        }
    }

    /// Reads the Build Plan of a module that has passed, and checks the rules that it has to keep.
    private func readPlan(_ path: String, of module: ModuleDescriptor, isOptional: Bool) -> DetectOutcome {
        do {
            let written: BuildPlan? =
                isOptional ? try TOMLFile.readIfPresent(path) : try TOMLFile.read(path)
            let plan = written ?? BuildPlan()
            if let violation = plan.violation(by: module) { return DetectOutcome(status: .errored(violation)) }
            return DetectOutcome(status: .passed(plan))
        } catch {
            return DetectOutcome(status: .errored(error.description))
        }
    }
}

extension BuildPlan {
    /// What a module must not write in a Build Plan but has written, if anything.
    fileprivate func violation(by module: ModuleDescriptor) -> String? {
        let name = "\(module.kind.label.lowercased()) \(module.id)"
        if module.kind == .imageExtension, hasRequirements {
            return "\(name) outputs \"requires\" which is not allowed"
        }
        guard alternatives.contains(where: { $0.requires.contains { !$0.version.isEmpty } }) else { return nil }
        return "\(name) has a \"version\" key which is not supported. \"metadata.version\" should be used instead"
    }
}
