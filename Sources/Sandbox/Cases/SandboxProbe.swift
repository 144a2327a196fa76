import POSIX

/// Finds out how cases can be run here.
public enum SandboxProbe {
    /// The first way that works, from root to user namespaces.
    /// - Parameters:
    ///   - host: What cases see of this machine.
    ///   - workDir: A directory for the trial.
    /// - Returns: The way, nil where none works; and what is in the way of root, nil where nothing is.
    public static func isolation(_ host: HostTree, _ workDir: String) -> (isolation: Isolation?, obstacle: String?) {
        let candidates: [Isolation] = Users.isRoot ? [.rootNamespaces, .userNamespaces] : [.userNamespaces]
        var obstacle = Users.isRoot ? nil : "the runner is not root"
        for isolation in candidates {
            guard let failure = trial(TreeRunner(isolation: isolation, host: host), workDir, "true") else {
                return (isolation, obstacle)
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
            let tree = sandbox.tree(Path.join(directory, "root"))
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
