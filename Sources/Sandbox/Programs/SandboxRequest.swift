/// What a process in a sandbox is told on its command line.
struct SandboxRequest {
    /// A directory or file of the machine that appears in the case's tree.
    struct Mount: Sendable {
        var source: String
        /// The path in the case's tree, where something of the same kind is.
        var target: String
        var isReadOnly: Bool
    }

    var mode: SandboxMode
    /// The case's tree.
    var root: String
    var mounts: [Mount]
    /// Where to write why the program could not be started.
    var failurePath: String
    /// Who the program runs as; only where there is root.
    var owner: Owner
    var workingDirectory: String
    var program: String
    /// All arguments, the program's own name first.
    var arguments: [String]
    var environment: [String]

    /// The request as arguments, which have no limit together as an environment variable or a single one has.
    var commandLine: [String] {
        var words = [
            SandboxedProcess.command, mode.rawValue, root, failurePath, "\(owner)", workingDirectory, program,
            "\(mounts.count)",
            "\(environment.count)",
        ]
        for mount in mounts { words += [mount.source, mount.target, mount.isReadOnly ? "ro" : "rw"] }
        return words + environment + arguments
    }

    /// Reads what ``commandLine`` has made; nil for anything else.
    /// - Parameter words: The words after the hidden argument.
    init?(_ words: [String]) {
        guard words.count >= 8, let mode = SandboxMode(rawValue: words[0]), let owner = Owner(words[3]),
            let mountCount = Int(words[6]), let environmentCount = Int(words[7]), mountCount >= 0,
            environmentCount >= 0,
            words.count >= 8 + mountCount * 3 + environmentCount
        else {
            return nil
        }
        var rest = words[8...]
        var mounts: [Mount] = []
        for _ in 0..<mountCount {
            let fields = Array(rest.prefix(3))
            mounts.append(Mount(source: fields[0], target: fields[1], isReadOnly: fields[2] == "ro"))
            rest = rest.dropFirst(3)
        }
        self.init(
            mode: mode,
            root: words[1],
            mounts: mounts,
            failurePath: words[2],
            owner: owner,
            workingDirectory: words[4],
            program: words[5],
            arguments: Array(rest.dropFirst(environmentCount)),
            environment: Array(rest.prefix(environmentCount))
        )
    }

    init(
        mode: SandboxMode,
        root: String,
        mounts: [Mount],
        failurePath: String,
        owner: Owner,
        workingDirectory: String,
        program: String,
        arguments: [String],
        environment: [String]
    ) {
        self.mode = mode
        self.root = root
        self.mounts = mounts
        self.failurePath = failurePath
        self.owner = owner
        self.workingDirectory = workingDirectory
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }
}
