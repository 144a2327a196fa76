import Sandbox

/// A phase as a program of the lifecycle: its name, flags and variables.
struct PhaseProgram: Hashable, Sendable {
    /// What a phase sees.
    enum Root: Hashable, Sendable {
        /// The builder, with others' programs in it: no credentials, and the network by choice.
        case builder
        /// Nothing but the lifecycle and the build's volumes.
        case bare
        /// The run image, for who extends it.
        case runImage(SandboxRoot)
    }

    var step: BuildStep
    var root: Root
    /// The lifecycle's name for the phase, such as `detector`.
    var name: String
    var arguments: [String]
    var environment: [String]
    /// Whether it begins as root, to give that up itself.
    var isRoot = false
}

/// Writes down the phases of a build.
struct PhasePrograms: Sendable {
    let paths: PhasePaths
    let uid: UInt32
    let gid: UInt32
    /// What all phases are told.
    let environment: [String]
    /// What detect and build are told besides: the builder's variables, and proxies.
    let builderEnvironment: [String]

    /// The image that is built, and the one whose layers are reused.
    func analyze(image: String, previousImage: String?, runImage: String) -> PhaseProgram {
        let previous = previousImage.map { ["-previous-image", $0] } ?? []
        return bare(
            .analyze,
            "analyzer",
            owner + layout + ["-analyzed", paths.analyzed, "-layers", paths.layers, "-run-image", runImage]
                + ["-run", paths.run] + previous + [image]
        )
    }

    func detect() -> PhaseProgram {
        builder(
            .detect,
            "detector",
            [
                "-app", paths.workspace, "-layers", paths.layers, "-platform", paths.platform, "-order", paths.order,
                "-buildpacks", paths.buildpacks, "-extensions", paths.extensions, "-analyzed", paths.analyzed,
                "-group", paths.group, "-plan", paths.plan, "-run", paths.run,
            ]
        )
    }

    func restore() -> PhaseProgram {
        bare(
            .restore,
            "restorer",
            owner + layout
                + ["-analyzed", paths.analyzed, "-group", paths.group, "-layers", paths.layers]
                + ["-cache-dir", paths.cache]
        )
    }

    func build() -> PhaseProgram {
        builder(
            .build,
            "builder",
            [
                "-app", paths.workspace, "-layers", paths.layers, "-platform", paths.platform, "-analyzed",
                paths.analyzed, "-group", paths.group, "-plan", paths.plan, "-buildpacks", paths.buildpacks,
            ]
        )
    }

    /// - Parameters:
    ///   - image: The image that is built.
    ///   - process: The process that it starts by default; nil leaves that to buildpacks.
    ///   - creationTime: Seconds since 1970; nil for the lifecycle's fixed time.
    /// - Returns: The phase.
    func export(image: String, process: String?, creationTime: Int64?) -> PhaseProgram {
        var program = bare(
            .export,
            "exporter",
            owner + layout
                + [
                    "-app", paths.workspace, "-layers", paths.layers, "-analyzed", paths.analyzed, "-group",
                    paths.group,
                ]
                + ["-cache-dir", paths.cache, "-launcher", paths.lifecycle + "/launcher", "-report", paths.report]
                + ["-project-metadata", paths.projectMetadata, "-run", paths.run]
                + (process.map { ["-process-type", $0] } ?? []) + [image]
        )
        if let creationTime { program.environment.append("SOURCE_DATE_EPOCH=\(creationTime)") }
        return program
    }

    private var owner: [String] { ["-uid", "\(uid)", "-gid", "\(gid)"] }
    private var layout: [String] { ["-layout", "-layout-dir", paths.layout] }

    private func bare(_ step: BuildStep, _ name: String, _ arguments: [String]) -> PhaseProgram {
        PhaseProgram(step: step, root: .bare, name: name, arguments: arguments, environment: environment)
    }

    private func builder(_ step: BuildStep, _ name: String, _ arguments: [String]) -> PhaseProgram {
        PhaseProgram(
            step: step,
            root: .builder,
            name: name,
            arguments: arguments,
            environment: builderEnvironment + environment
        )
    }
}
