import POSIX
import Sandbox

/// What the cases of a run share: a sandbox, a copy of the lifecycle, a registry.
final class RunSetup: Sendable {
    /// How cases are run, or why they can't be.
    let sandboxReason: String?
    private let workDir: String
    private let server: RegistryServer?
    private let runner: CaseRunner?

    /// Prepares this machine.
    /// - Throws: When the lifecycle can't be read, or there is no room.
    init(_ options: RunOptions, needsRegistry: Bool) throws(CaseError) {
        Signal.ignoreBrokenPipe()
        let workDir = try refused { () throws(POSIXError) in
            try FileSystem.makeTemporaryDirectory(prefix: "cnb-conformance-", in: PrivateMemory.open(options))
        }
        // Without it an interrupted run would leave its trees; that is no reason not to run. Not before the memory has
        // been mounted: the thread that it starts has to see it.
        try? Interruption.install()
        self.workDir = workDir
        let lifecycleDir = Path.join(workDir, "lifecycle")
        do {
            try LifecycleCopy.make(options.lifecycle ?? "", launcher: options.launcher, at: lifecycleDir)
        } catch {
            Leftovers.remove(workDir)
            throw error
        }
        let host = HostTree(lifecycle: lifecycleDir)
        var reasons: [Need: String] = [:]
        let isolation: Isolation
        do throws(SandboxError) {
            let chosen = try IsolationProbe(for: .builder).choose(.namespaces)
            isolation = chosen.isolation
            reasons[.root] = chosen.refused.first.map { "\($0.obstacle)" }
        } catch {
            sandboxReason = "neither root nor user namespaces: \(error)"
            (server, runner) = (nil, nil)
            return
        }
        sandboxReason = nil
        var available: Set<Need> = []
        let sandbox = TreeRunner(
            isolation: isolation,
            host: host,
            limitMilliseconds: min(options.timeout, 86_400) * 1000
        )
        if isolation.hasMachineUsers { available.insert(.root) }
        if FileSystem.isExecutable(Path.join(lifecycleDir, "launcher")) {
            available.insert(.launcher)
        } else {
            reasons[.launcher] = "no launcher in the lifecycle's directory, and no --launcher"
        }
        if sandbox.allowsUserNamespaces(workDir) {
            available.insert(.userns)
        } else {
            reasons[.userns] = "user namespaces are not allowed"
        }
        var server: RegistryServer?
        var registry: (host: String, path: String, client: RegistryClient)?
        if let host = options.registry {
            registry = (host, "cnb-conformance-\(RandomBytes.hexadecimal(count: 4))/", RegistryClient())
        } else if needsRegistry {
            do {
                server = try RegistryServer(workDir: workDir)
                registry = server.map { ($0.host, "", RegistryClient()) }
            } catch {
                reasons[.registry] = "\(error)"
            }
        }
        if registry != nil { available.insert(.registry) }
        self.server = server
        runner = CaseRunner(
            sandbox: sandbox,
            workDir: workDir,
            registry: registry,
            images: ImageReader(registry?.client),
            keepsFailures: options.keeps,
            available: available,
            reasons: reasons
        )
    }

    /// Runs a case.
    func run(_ testCase: TestCase) -> CaseResult {
        runner?.run(testCase) ?? .skipped(sandboxReason ?? "")
    }

    /// Ends the registry and removes what is not to be kept.
    /// - Parameter keeps: Whether trees of failed cases are left.
    func close(keeps: Bool) {
        server?.stop()
        guard keeps else { return Leftovers.remove(workDir) }
        for name in (try? FileSystem.list(workDir).map(\.name)) ?? [] where !name.hasPrefix("c") {
            Leftovers.remove(Path.join(workDir, name))
        }
        // Stays when something is kept in it.
        try? FileSystem.removeDirectory(workDir)
    }
}
