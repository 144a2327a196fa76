import POSIX
import Sandbox
import TOML

/// A file tree that looks like a builder image's, in which one build of the judged buildpack runs.
struct BuildTree {
    /// What goes into every tree.
    struct Contents {
        /// The judged buildpack, and those that a composite one refers to.
        var buildpacks: [Descriptor]
        /// The directory with the app; nil for an empty one.
        var appDir: String?
        /// What the judged buildpack needs of others, and wants others to need.
        var plan: WrittenPlan
        /// What the platform gives to buildpacks.
        var platform: PlatformInput
    }

    let files: RootTree
    private let sandbox: TreeRunner
    private let contents: Contents

    var root: String { files.root }

    /// The judged buildpack.
    private var judged: Descriptor { contents.buildpacks[0] }

    private static let provider = "judge/provider"
    private static let consumer = "judge/consumer"
    /// Buildpacks that stand in for others.
    static let standIns = [provider, consumer].map { String($0.map { $0 == "/" ? "_" : $0 }) }
    /// Where `bin/detect` writes its plan when the judge calls it.
    static let planPath = "/judge/plan.toml"

    /// Makes a tree.
    /// - Parameters:
    ///   - root: A directory that does not exist yet.
    ///   - contents: What goes into it.
    ///   - sandbox: Runs programs in it.
    /// - Throws: When files can't be copied.
    init(_ root: String, _ contents: Contents, _ sandbox: TreeRunner) throws(POSIXError) {
        files = sandbox.tree(root)
        self.contents = contents
        self.sandbox = sandbox
        try files.makeSystem(sandbox.host)
        try makeBuilder()
        // The builder's user may write everywhere: a buildpack that writes where it must not is found, rather than
        // hindered.
        for name in ["judge", "layers", "workspace", "platform", "cnb/buildpacks"] {
            try own(Path.join(root, name))
        }
    }

    private func own(_ path: String) throws(POSIXError) {
        guard sandbox.isolation.hasMachineUsers else { return }
        try FileSystem.changeOwnerOfTree(path, uid: Owner.builder.uid, gid: Owner.builder.gid)
    }

    /// Gives the layers directory to the build's user.
    func ownLayers() throws(POSIXError) { try own(Path.join(root, "layers")) }

    /// Makes what the specification and the platform specification name.
    private func makeBuilder() throws(POSIXError) {
        for name in ["judge", "cnb/buildpacks"] { try FileSystem.makeDirectories(Path.join(root, name)) }
        if let appDir = contents.appDir {
            let workspace = Path.join(root, "workspace")
            try FileSystem.removeDirectory(workspace)
            try FileSystem.copyTree(appDir, to: workspace)
        }
        for buildpack in contents.buildpacks {
            let parent = Path.join(root, "cnb/buildpacks", buildpack.directoryName)
            try FileSystem.makeDirectories(parent)
            try FileSystem.copyTree(buildpack.directory, to: Path.join(parent, buildpack.version))
        }
        try contents.platform.write(to: Path.join(root, "platform"))
        try addStandIn(Self.provider, "provides", contents.plan.missing)
        try addStandIn(Self.consumer, "requires", contents.plan.unused)
        try FileSystem.writeFile(Path.join(root, "cnb/order.toml"), order)
        try FileSystem.writeFile(Path.join(root, "layers/analyzed.toml"), analysis)
    }

    /// Adds a buildpack that provides or requires what others would.
    private func addStandIn(_ id: String, _ section: String, _ names: [String]) throws(POSIXError) {
        guard !names.isEmpty else { return }
        var plan = TOMLTable()
        plan.set(section, .array(TOMLArray(tables: names.map { ["name": .string($0)] })))
        let directory = Path.join(root, "cnb/buildpacks", String(id.map { $0 == "/" ? "_" : $0 }), "0.0.1")
        try FileSystem.makeDirectories(Path.join(directory, "bin"))
        let descriptor: TOMLTable = [
            "api": "0.10", "buildpack": .table(["id": .string(id), "version": "0.0.1"]),
            "targets": .array(TOMLArray(tables: [TOMLTable()])),
        ]
        try FileSystem.writeFile(Path.join(directory, "buildpack.toml"), TOMLWriter.write(descriptor))
        try FileSystem.writeFile(Path.join(directory, "plan.toml"), TOMLWriter.write(plan))
        let scripts = [
            ("detect", "cat \"$CNB_BUILDPACK_DIR/plan.toml\" >\"$CNB_BUILD_PLAN_PATH\""), ("build", "exit 0"),
        ]
        for (name, text) in scripts {
            try FileSystem.writeFile(Path.join(directory, "bin", name), "#!/bin/sh\n\(text)\n", mode: 0o755)
        }
    }

    private var order: String {
        var members = [(judged.id, judged.version)]
        if !contents.plan.missing.isEmpty { members.insert((Self.provider, "0.0.1"), at: 0) }
        if !contents.plan.unused.isEmpty { members.append((Self.consumer, "0.0.1")) }
        let group = members.map { TOMLTable(dictionaryLiteral: ("id", .string($0.0)), ("version", .string($0.1))) }
        let orders: [TOMLTable] = [["group": .array(TOMLArray(tables: group))]]
        return TOMLWriter.write(["order": .array(TOMLArray(tables: orders))])
    }

    /// The target that the judged buildpack, or the first member of a composite one, asks for.
    private var target: Descriptor.Target {
        var target = contents.buildpacks.first { !$0.isComposite }?.target ?? judged.target
        if target.arch.isEmpty { target.arch = Self.architecture }
        return target
    }

    /// A run image that the buildpack is made for.
    private var analysis: String {
        var fields: TOMLTable = ["os": .string(target.os), "arch": .string(target.arch)]
        if !target.variant.isEmpty { fields.set("arch-variant", .string(target.variant)) }
        if !target.distroName.isEmpty || !target.distroVersion.isEmpty {
            fields.set(
                "distro",
                .table(["name": .string(target.distroName), "version": .string(target.distroVersion)])
            )
        }
        let image: TOMLTable = ["reference": "judge/run", "image": "judge/run", "target": .table(fields)]
        return TOMLWriter.write(["run-image": .table(image)])
    }

    // MARK: Running

    private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Calls the judged buildpack's `bin/detect` as a lifecycle does.
    func callDetect() throws(POSIXError) -> TreeRunner.Result {
        try? FileSystem.writeFile(root + Self.planPath, [])
        try own(root + Self.planPath)
        let directory = "/cnb/buildpacks/\(judged.directoryName)/\(judged.version)"
        var variables = [
            "CNB_BUILDPACK_DIR=\(directory)", "CNB_BUILD_PLAN_PATH=\(Self.planPath)", "CNB_PLATFORM_DIR=/platform",
            "CNB_EXEC_ENV=production", "CNB_TARGET_OS=\(target.os)", "CNB_TARGET_ARCH=\(target.arch)",
        ]
        if !target.distroName.isEmpty { variables.append("CNB_TARGET_DISTRO_NAME=\(target.distroName)") }
        if !target.distroVersion.isEmpty { variables.append("CNB_TARGET_DISTRO_VERSION=\(target.distroVersion)") }
        // As a lifecycle does, which reads them from the platform directory; its own come last, so that they win.
        let given = judged.clearsEnvironment ? [] : contents.platform.variables.map { "\($0.name)=\($0.value)" }
        return try run("\(directory)/bin/detect", ["/platform", Self.planPath], given + variables)
    }

    /// Runs a phase of the lifecycle.
    func callPhase(_ name: String) throws(POSIXError) -> TreeRunner.Result {
        let variables = ["CNB_PLATFORM_API=0.15", "CNB_NO_COLOR=true", "CNB_USER_ID=1000", "CNB_GROUP_ID=1000"]
        return try run("/cnb/lifecycle/\(name)", [], variables)
    }

    private func run(
        _ program: String,
        _ arguments: [String],
        _ variables: [String]
    ) throws(POSIXError) -> TreeRunner.Result {
        try sandbox.run(
            TreeRunner.Program(
                path: program,
                arguments: [program] + arguments,
                environment: Self.last(["HOME=/home/cnb", "PATH=\(Self.path)"] + variables),
                workingDirectory: "/workspace",
                owner: .builder,
                input: nil
            ),
            in: root
        )
    }

    /// The variables with the last value of each name only: of two a program would see the first, a shell the last.
    private static func last(_ variables: [String]) -> [String] {
        var values: [Substring: String] = [:]
        var names: [Substring] = []
        for variable in variables {
            let name = variable.prefix { $0 != "=" }
            if values.updateValue(variable, forKey: name) == nil { names.append(name) }
        }
        return names.compactMap { values[$0] }
    }

    /// This machine's architecture as Go calls it.
    private static var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "amd64"
        #endif
    }
}
