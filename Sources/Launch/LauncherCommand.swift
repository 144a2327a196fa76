public import CNBCore
internal import CPOSIX
public import LaunchModel
internal import LaunchPOSIX

/// The `launcher` program: from its arguments and environment to the process, or to an exit code.
public struct LauncherCommand {
    /// What the program was called as, then its arguments.
    private let arguments: [[UInt8]]
    private let environment: LaunchEnvironment
    private let inputs: LaunchInputs
    private let messages: Messages

    /// The command of one launch.
    ///
    /// - Parameters:
    ///   - arguments: What the program was called as, then its arguments.
    ///   - environment: The variables that the program was started with.
    public init(arguments: [[UInt8]], environment: LaunchEnvironment) {
        self.arguments = arguments
        self.environment = environment
        inputs = LaunchInputs(environment)
        messages = Messages(noColor: inputs.noColor)
    }

    /// Becomes the process, if all goes well.
    ///
    /// - Returns: The exit code if it doesn't, or if the launcher was asked to print something; an error has been
    ///   reported then.
    public func run() -> ExitCode {
        do {
            return try launch()
        } catch {
            messages.fail(error.description)
            if let hint = error.hint { messages.explain(hint) }
            return error.exitCode
        }
    }

    private func launch() throws(LaunchError) -> ExitCode {
        let platformAPI = try verifiedPlatformAPI()
        let metadata: LaunchMetadata
        do {
            metadata = try LaunchMetadata(contentsOf: inputs.metadataPath)
        } catch {
            throw .metadata(error)
        }
        for buildpack in metadata.buildpacks { try verify(buildpack) }
        if !inputs.processType.isEmpty {
            messages.warn("\(EnvironmentName.processType) is not supported in Platform API \(platformAPI)")
            let type = inputs.processType
            messages.warn("Run with ENTRYPOINT '\(type)' to invoke the '\(type)' process type")
        }

        let programName = RawPath(bytes: arguments.first ?? [])
        let words = [[UInt8]](arguments.dropFirst())
        let selection = ProcessSelection(metadata: metadata, platformAPI: platformAPI, execEnv: inputs.execEnv)
        var launcher = Launcher(
            inputs: inputs,
            metadata: metadata,
            inherited: environment,
            programName: programName
        )
        if let inspection = try Inspection(programName: programName, words: words, selection: selection) {
            Output.write(try inspection.run(selection: selection, launcher: &launcher), to: STDOUT_FILENO)
            return .success
        }
        try launcher.launch(selection.startCommand(programName: programName, words: words))
    }

    private func verifiedPlatformAPI() throws(LaunchError) -> PlatformAPI {
        let platformAPI: PlatformAPI
        do {
            platformAPI = try PlatformAPI(inputs.platformAPI)
        } catch {
            throw .platformAPI(error)
        }
        if isRefused(inputs.deprecationMode.judge(platformAPI)) {
            throw .platformAPI(.unsupportedPlatformAPI(inputs.platformAPI))
        }
        return platformAPI
    }

    private func verify(_ buildpack: LaunchBuildpack) throws(LaunchError) {
        let api: BuildpackAPI
        do {
            api = try BuildpackAPI(buildpack.api)
        } catch {
            throw .buildpackAPI(id: buildpack.id, error)
        }
        if isRefused(inputs.deprecationMode.judge(api, of: "buildpack", named: buildpack.id)) {
            throw .buildpackAPI(id: buildpack.id, .unsupportedBuildpackAPI(buildpack.api))
        }
    }

    /// Says what there is to say about a deprecated API.
    private func isRefused(_ verdict: DeprecationMode.Verdict) -> Bool {
        switch verdict {
        case .accepted:
            return false
        case .warned(let lines):
            for line in lines { messages.warn(line) }
            return false
        case .refused(let lines):
            for line in lines { messages.fail(line) }
            return true
        }
    }
}
