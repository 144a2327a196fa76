import POSIX
import Sandbox

/// Runs a build's phases one after the other, and keeps what they tell.
struct PhaseExecution {
    /// What the phases have told.
    private(set) var record = PhaseRecord()
    private let ground: BuildGround
    private let runner: PhaseRunner

    init(_ ground: BuildGround, report: @escaping @Sendable (BuildEvent) -> Void) {
        self.ground = ground
        runner = PhaseRunner(
            isolation: ground.isolation,
            directory: ground.directory,
            paths: ground.paths,
            owner: ground.owner,
            builderRoot: ground.builderRoot,
            builderMounts: ground.builderMounts,
            lifecycleDir: ground.lifecycleDir,
            cacheDir: ground.cache.path,
            kanikoDir: ground.kanikoDir,
            network: ground.request.network == .host ? .host : .none,
            report: report
        )
    }

    /// Runs a phase.
    ///
    /// - Throws: `BuildError` with the phase's exit code when it fails.
    mutating func run(_ program: PhaseProgram) throws(BuildError) {
        var lines: [String] = []
        let code = try runner.run(program) { lines.append($0) }
        record.add(lines, of: program.step)
        guard code != 0 else { return }
        throw BuildError(
            .phase(program.step, code),
            "the phase '\(program.step.rawValue)' has failed with exit status \(code)",
            help: Self.help(program.step, code, ground)
        )
    }

    /// Runs detection for what it says, whether a group passes or not.
    ///
    /// - Returns: The detector's lines with those for people who look for faults, and its exit code.
    /// - Throws: `BuildError` when it can't be run.
    func explain(_ program: PhaseProgram) throws(BuildError) -> DetectResult {
        var program = program
        program.environment.append("CNB_LOG_LEVEL=debug")
        var lines: [String] = []
        let code = try runner.run(program) { lines.append($0) }
        return DetectResult(builder: ground.builder.name, lines: lines, exitCode: code)
    }

    /// The programs that a phase takes: itself, or where extensions take part, the extender in place of the builder.
    ///
    /// - Throws: `BuildError` where this build can't extend images.
    func programs(for program: PhaseProgram) throws(BuildError) -> [PhaseProgram] {
        guard program.step == .build, ground.isolation != .inPlace else { return [program] }
        let phases = ExtensionPhases(ground)
        guard let first = try phases.extensions().first else { return [program] }
        return try phases.programs(inPlaceOf: program, first: first)
    }

    private static func help(_ step: BuildStep, _ code: Int32, _ ground: BuildGround) -> String? {
        switch (step, code) {
        case (.detect, 20), (.detect, 21):
            ground.builder.root == .host
                ? "none of our own buildpacks fits this app; `slipway detect` says why; name others with --buildpack, or "
                    + "a builder with --builder, such as paketobuildpacks/builder-jammy-base"
                : "`slipway detect` says why; name buildpacks with --buildpack"
        case (.build, _): "the output above is the buildpack's; --keep-on-failure keeps the build's files"
        default: nil
        }
    }
}

/// What the phases have told about layers, by the lines that they print.
struct PhaseRecord: Sendable {
    private(set) var reusedLayers = 0
    private(set) var newLayers = 0
    private(set) var restoredLayers: [String] = []

    /// Takes over what a phase has printed.
    mutating func add(_ lines: [String], of step: BuildStep) {
        for line in lines {
            switch step {
            case .export:
                if line.hasPrefix("Reusing layer '") { reusedLayers += 1 }
                if line.hasPrefix("Adding layer '") { newLayers += 1 }
                reusedLayers += Self.appLayers(line, after: "Reused ")
                newLayers += Self.appLayers(line, after: "Added ")
            case .restore:
                if let name = Self.quoted(line, after: "Restoring data for \"") { restoredLayers.append(name) }
            default: break
            }
        }
    }

    /// How many layers with the app's files a line like `Added 1/2 app layer(s)` tells of.
    private static func appLayers(_ line: String, after prefix: String) -> Int {
        guard line.hasPrefix(prefix), line.hasSuffix(" app layer(s)") else { return 0 }
        return Int(line.dropFirst(prefix.count).prefix { $0 != "/" }) ?? 0
    }

    private static func quoted(_ line: String, after prefix: String) -> String? {
        guard line.hasPrefix(prefix) else { return nil }
        return String(line.dropFirst(prefix.count).prefix { $0 != "\"" })
    }
}

extension BuildGround {
    /// What detect and build see as their root.
    var builderRoot: SandboxRoot {
        switch (builder.root, isolation) {
        case (_, .inPlace): .directory("/", isReadOnly: false)
        case (_, .chroot): .directory(directory.root, isReadOnly: false)
        case (.host, _): .empty
        case (.directory(let path), _) where !hasOverlay: .directory(path, isReadOnly: true)
        case (.directory(let path), _):
            .overlay(
                Overlay(
                    lower: [path],
                    upper: Path.join(directory.path, "upper"),
                    work: Path.join(directory.path, "work")
                )
            )
        }
    }

    /// What detect and build see besides their root and the build's volumes.
    var builderMounts: [Mount] {
        var mounts: [Mount] = builder.root == .host ? HostBuilder.mounts : []
        if bringsHome { mounts.append(.bind(directory.place(home), at: home, isReadOnly: false)) }
        // What programs write to besides, in a root that they may not change.
        if builder.root != .host, !hasOverlay {
            for path in ["/run", "/var/tmp"] { mounts.append(Mount(.memory(mode: 0o1777, megabytes: nil), at: path)) }
        }
        for module in modules { mounts.append(.bind(module.directory, at: module.target)) }
        // Names are looked up as on this machine.
        if builder.root != .host, request.network == .host {
            for path in ["/etc/resolv.conf", "/etc/hosts"] where FileSystem.exists(path) { mounts.append(.bind(path)) }
        }
        for volume in request.volumes {
            mounts.append(.bind(volume.source, at: volume.target, isReadOnly: !volume.isWritable))
        }
        return mounts
    }
}
