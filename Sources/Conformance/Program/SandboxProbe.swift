import POSIX

/// Finds out how cases can be run here.
enum SandboxProbe {
    /// The first way that works, from root to user namespaces; nil where none does.
    /// - Parameters:
    ///   - host: What cases see of this machine.
    ///   - workDir: A directory for the trial.
    ///   - reasons: Gets why there is no root.
    /// - Returns: The way.
    static func mode(_ host: HostTree, _ workDir: String, _ reasons: inout [Need: String]) -> SandboxMode? {
        let modes: [SandboxMode] = Users.isRoot ? [.root, .user] : [.user]
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
