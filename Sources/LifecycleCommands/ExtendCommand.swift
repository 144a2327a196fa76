import CNBCore
import Dockerfile
import ImageStores
import OCI
import POSIX
import Phases
import PlatformModel

/// `extender`: applies Dockerfiles to the image that it runs in, and goes on with the build phase if that is the build
/// image.
struct ExtendCommand: PhaseCommand {
    private let context: CommandContext<ResolvedInputs>
    private let kind: DockerfileKind

    init(_ context: CommandContext<PlatformInputs>, _ arguments: [String]) throws(PhaseError) {
        try context.refuseArguments(arguments)
        self.context = try context.resolved(for: .extend)
        let wanted = self.context.inputs.extendKind
        guard let kind = DockerfileKind(rawValue: wanted) else {
            let mistake = "-kind: expected 'build' or 'run', found '\(wanted)'"
            throw PhaseError(.invalidArguments, failedTo: "resolve inputs", mistake)
        }
        self.kind = kind
    }

    /// Packages are installed by root, and files of an image belong to many users.
    func takePrivileges() throws(PhaseError) {
        guard Users.isRoot else {
            throw PhaseError(
                .extend,
                failedTo: "extend \(kind.rawValue) image",
                "this has to be run as root, but the user is \(Users.effectiveUserID)"
            )
        }
    }

    func execute(_ means: Void) throws(PhaseError) {
        let phase = ExtendPhase(
            inputs: ExtendInputs(
                platformAPI: context.platformAPI,
                platform: context.inputs,
                kind: kind,
                environment: context.environmentEntries,
                normalizesTimes: context.environment[EnvironmentName.extendTimes] == "normalized"
            ),
            baseImages: LayoutStore(layoutDir: context.inputs.imagesToExtendDir),
            extendedImages: LayoutStore(layoutDir: context.inputs.extendedDir),
            logger: context.logger
        )
        let config = try phase.run()
        if kind == .build { try build(with: config) }
    }

    // MARK: - Building

    /// Runs the build phase as the builder would, in the image as it is now.
    private func build(with config: ContainerConfig) throws(PhaseError) {
        var context = context
        for entry in config.environment {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            context.setVariable(String(parts[0]), String(parts[1]))
        }
        let user = try BuildUser(context.inputs)
        try user.own([context.inputs.layersDir])
        try user.become()
        let account = try user.account()
        context.setVariable("HOME", account.home)
        context.setVariable("USER", account.name)
        try BuildPhase(inputs: try BuildInputs(context), logger: context.logger).run()
    }
}
