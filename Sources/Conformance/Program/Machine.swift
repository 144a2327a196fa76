import POSIX

/// What the cases of a run share: a sandbox, a copy of the lifecycle, a registry.
final class Machine: Sendable {
    /// How cases are run, or why they can't be.
    let sandboxReason: String?
    private let workDir: String
    private let server: RegistryServer?
    private let runner: CaseRunner?

    /// Prepares this machine.
    /// - Throws: When the lifecycle can't be read, or there is no room.
    init(_ options: RunOptions, needsRegistry: Bool) throws(CaseError) {
        // Without it an interrupted run would leave its trees; that is no reason not to run.
        try? Interruption.install()
        Signal.ignoreBrokenPipe()
        let workDir = try refused { () throws(POSIXError) in
            try FileSystem.makeTemporaryDirectory(prefix: "cnb-conformance-")
        }
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
        guard let mode = SandboxProbe.mode(host, workDir, &reasons) else {
            sandboxReason = "neither root nor user namespaces: \(reasons[.root] ?? "not allowed")"
            (server, runner) = (nil, nil)
            return
        }
        sandboxReason = nil
        var available: Set<Need> = []
        let sandbox = Sandbox(mode: mode, host: host)
        if mode.hasRoot { available.insert(.root) }
        if FileSystem.isExecutable(Path.join(lifecycleDir, "launcher")) {
            available.insert(.launcher)
        } else {
            reasons[.launcher] = "no launcher in the lifecycle's directory, and no --launcher"
        }
        if SandboxProbe.hasUserNamespaces(sandbox, workDir) {
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

/// A copy of the lifecycle that is judged: whatever its permissions and links, each case can have it.
enum LifecycleCopy {
    /// Copies a lifecycle.
    /// - Parameters:
    ///   - directory: The lifecycle.
    ///   - launcher: A launcher to use instead of the lifecycle's own.
    ///   - copy: The copy's path.
    /// - Throws: When something can't be read.
    static func make(_ directory: String, launcher: String?, at copy: String) throws(CaseError) {
        guard FileSystem.isDirectory(directory) else { throw .other("\(directory): no directory with a lifecycle") }
        try refused { () throws(POSIXError) in
            try FileSystem.makeDirectory(copy)
            let source = try FileSystem.realPath(directory)
            for entry in try FileSystem.list(source) {
                let from = Path.join(source, entry.name)
                let into = Path.join(copy, entry.name)
                let isLocalLink = entry.type == .symlink && Self.staysInside(from, source)
                if entry.type == .directory || isLocalLink {
                    try FileSystem.copyTree(from, to: into)
                } else if FileSystem.isRegularFile(from) {
                    try FileSystem.copyFile(from, to: into)
                }
            }
            guard let launcher else { return }
            let path = Path.join(copy, "launcher")
            try FileSystem.removeTree(path)
            try FileSystem.copyFile(launcher, to: path)
        }
    }

    /// Whether a link of a directory leads to something in the same directory, by a relative target.
    private static func staysInside(_ link: String, _ directory: String) -> Bool {
        guard let target = try? FileSystem.readLink(link), !Path.isAbsolute(target) else { return false }
        return Path.isBelow(Path.join(Path.directory(link), target), directory)
    }
}

/// Finds out how cases can be run here.
enum SandboxProbe {
    /// The first way that works, from root to user namespaces; nil where none does.
    /// - Parameters:
    ///   - host: What cases see of this machine.
    ///   - workDir: A directory for the trial.
    ///   - reasons: Gets why there is no root.
    /// - Returns: The way.
    static func mode(_ host: HostTree, _ workDir: String, _ reasons: inout [Need: String]) -> SandboxMode? {
        let modes: [SandboxMode] = Users.isRoot ? [.root, .mappedRoot, .user] : [.user]
        if !Users.isRoot { reasons[.root] = "the runner is not root" }
        for mode in modes {
            guard let failure = trial(Sandbox(mode: mode, host: host), workDir, "true") else { return mode }
            reasons[.root] = failure
        }
        return nil
    }

    /// Whether a program in a case may make user namespaces.
    static func hasUserNamespaces(_ sandbox: Sandbox, _ workDir: String) -> Bool {
        trial(sandbox, workDir, "unshare --user true") == nil
    }

    /// Runs a script in a tree of its own; nil if it succeeds, or what is wrong.
    private static func trial(_ sandbox: Sandbox, _ workDir: String, _ script: String) -> String? {
        let directory = Path.join(workDir, "trial")
        defer { Leftovers.remove(directory) }
        do throws(POSIXError) {
            try FileSystem.makeDirectory(directory)
            let tree = CaseTree(root: Path.join(directory, "root"), mode: sandbox.mode)
            try tree.makeSystem(sandbox.host)
            let result = try sandbox.run(
                Sandbox.Program(
                    path: "/bin/sh",
                    arguments: ["/bin/sh", "-c", script],
                    environment: ["PATH=/usr/bin:/bin"],
                    workingDirectory: "/",
                    owner: .builder
                ),
                in: tree.root
            )
            if let failure = result.failure { return failure }
            return result.status.isSuccess ? nil : "\(result.status) \(result.stderr)"
        } catch {
            return "\(error)"
        }
    }
}
