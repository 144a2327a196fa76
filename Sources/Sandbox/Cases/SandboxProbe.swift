import POSIX

/// Finds out how cases can be run here.
public enum SandboxProbe {
    /// The first way that works, from root to user namespaces.
    /// - Parameters:
    ///   - host: What cases see of this machine.
    ///   - workDir: A directory for the trial.
    /// - Returns: The way, nil where none works; and what is in the way of root, nil where nothing is.
    public static func mode(_ host: HostTree, _ workDir: String) -> (mode: SandboxMode?, obstacle: String?) {
        let modes: [SandboxMode] = Users.isRoot ? [.root, .user] : [.user]
        var obstacle = Users.isRoot ? nil : "the runner is not root"
        for mode in modes {
            guard let failure = trial(TreeRunner(mode: mode, host: host), workDir, "true") else {
                return (mode, obstacle)
            }
            obstacle = failure
        }
        return (nil, obstacle)
    }

    /// Whether a program in a case may make user namespaces.
    /// - Parameters:
    ///   - sandbox: Runs the trial.
    ///   - workDir: A directory for the trial.
    /// - Returns: True if it may.
    public static func hasUserNamespaces(_ sandbox: TreeRunner, _ workDir: String) -> Bool {
        trial(sandbox, workDir, "unshare --user true") == nil
    }

    /// Runs a script in a tree of its own; nil if it succeeds, or what is wrong.
    private static func trial(_ sandbox: TreeRunner, _ workDir: String, _ script: String) -> String? {
        let directory = Path.join(workDir, "trial")
        defer { Leftovers.remove(directory) }
        do throws(POSIXError) {
            try FileSystem.makeDirectory(directory)
            let tree = RootTree(root: Path.join(directory, "root"), mode: sandbox.mode)
            try tree.makeSystem(sandbox.host)
            let result = try sandbox.run(
                TreeRunner.Program(
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
