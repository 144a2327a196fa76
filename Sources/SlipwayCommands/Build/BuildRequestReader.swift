import Builds
import Distribution
import POSIX

/// Makes of options what a build is asked for.
struct BuildRequestReader {
    private let options: OptionValues
    private let arguments: [String]
    private let environment: [String: String]

    /// Takes a command's options.
    init(_ context: CommandContext) {
        options = context.options
        arguments = context.arguments
        environment = context.environment
    }

    /// Reads the options, and the files that hold variables.
    /// - Returns: What is asked for, and what may not be what the user wants.
    /// - Throws: When an option makes no sense, or a file can't be read.
    func read() throws(CommandError) -> (request: BuildRequest, warnings: [String]) {
        var request = BuildRequest()
        request.app = try app()
        let variables = try VariableReader(options: options, environment: environment).read()
        request.variables = variables.values
        readImage(into: &request)
        readModules(into: &request)
        try readPlaces(into: &request)
        readWork(into: &request)
        return (request, variables.warnings)
    }

    private func app() throws(CommandError) -> String {
        guard let path = arguments.first else { return "." }
        // Where other programs take the image's name.
        if !FileSystem.exists(path), !path.hasPrefix("."), !path.hasPrefix("/") {
            throw .usage("there is no directory '\(path)'", help: "to name the image, write: slipway build -t \(path)")
        }
        return path
    }

    private func readImage(into request: inout BuildRequest) {
        request.tags = options[BuildOptions.tag]
        request.outputs = options[BuildOptions.output]
        request.platform = options.value(BuildOptions.platform)
        request.process = options.value(BuildOptions.process)
        request.previousImage = options.value(BuildOptions.previousImage)
        request.labels = assignments(BuildOptions.label)
        request.annotations = assignments(BuildOptions.annotation)
        request.creationTime = options.value(BuildOptions.creationTime)
        request.sbomDir = options.value(BuildOptions.sbomDir)
        request.metadataFile = options.value(BuildOptions.metadataFile)
    }

    private func readModules(into request: inout BuildRequest) {
        // What the project asks for counts more than what a user has for all projects.
        if options.place(of: BuildOptions.builder) == .configuration {
            request.usualBuilder = options.value(BuildOptions.builder)
        } else {
            request.builder = options.value(BuildOptions.builder)
        }
        request.modules.buildpacks = options[BuildOptions.buildpack]
        request.modules.pre = options[BuildOptions.preBuildpack]
        request.modules.post = options[BuildOptions.postBuildpack]
        request.modules.extensions = options[BuildOptions.extension]
        request.buildpackRegistry = options.value(BuildOptions.buildpackRegistry)
        request.runImage = options.value(BuildOptions.runImage)
        request.descriptor = options.value(BuildOptions.descriptor)
        request.uid = options.value(BuildOptions.uid).flatMap { UInt32($0) }
        request.gid = options.value(BuildOptions.gid).flatMap { UInt32($0) }
        if let workspace = options.value(BuildOptions.workspace) { request.workspace = workspace }
        request.executionEnvironment = options.value(BuildOptions.executionEnvironment)
    }

    private func readPlaces(into request: inout BuildRequest) throws(CommandError) {
        for text in options[BuildOptions.volume] { request.volumes.append(try VolumeText.volume(text)) }
        request.bindings = assignments(BuildOptions.binding).map {
            BuildRequest.Binding(type: $0.name, directory: $0.value)
        }
        request.caCertificates = options[BuildOptions.caCert]
        request.insecureRegistries = options[BuildOptions.insecureRegistry]
        request.registryMirrors = assignments(BuildOptions.registryMirror)
        request.pull = try pull()
    }

    private func readWork(into request: inout BuildRequest) {
        request.cache.directory = options.value(BuildOptions.cache)
        request.cache.from = options[BuildOptions.cacheFrom]
        request.cache.isCleared = options.isOn(BuildOptions.clearCache)
        request.network = choice(BuildOptions.network) ?? request.network
        request.isolation = choice(BuildOptions.isolation) ?? request.isolation
        request.lifecycleDir = options.value(BuildOptions.lifecycle)
        request.keepsOnFailure = options.isOn(BuildOptions.keepOnFailure)
    }

    /// When images are pulled: what counts more of `--pull` and `--offline`.
    private func pull() throws(CommandError) -> BuildRequest.PullChoice {
        let choice: BuildRequest.PullChoice? = choice(BuildOptions.pull)
        guard options.isOn(BuildOptions.offline), let offline = options.place(of: BuildOptions.offline) else {
            return choice ?? .missing
        }
        guard let choice, choice != .never, let place = options.place(of: BuildOptions.pull) else { return .never }
        if place == offline {
            throw .usage("--offline and --pull \(choice.rawValue) contradict each other", help: "give one of them")
        }
        return place > offline ? choice : .never
    }

    private func assignments(_ option: CommandOption) -> [BuildRequest.NamedValue] {
        options[option].compactMap { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return parts.count == 2 ? BuildRequest.NamedValue(parts[0], parts[1]) : nil
        }
    }

    private func choice<Choice: RawRepresentable<String>>(_ option: CommandOption) -> Choice? {
        options.value(option).flatMap(Choice.init(rawValue:))
    }
}

/// Reads variables from options and files: those of files come first, so that options count more.
struct VariableReader {
    /// The options, of which `--env` and `--env-file` count.
    let options: OptionValues
    /// The environment variables, from which those without a value take it.
    let environment: [String: String]

    /// Reads the variables.
    /// - Returns: The variables, later ones of which win, and names that have no value anywhere.
    /// - Throws: When a file can't be read, or a name is none.
    func read() throws(CommandError) -> (values: [BuildRequest.NamedValue], warnings: [String]) {
        var settings: [(setting: VariableSetting, place: String)] = []
        for file in options[BuildOptions.envFile] {
            settings += try self.settings(in: file).map { ($0, file) }
        }
        for text in options[BuildOptions.env] {
            do {
                settings.append((try VariableSetting(argument: text), "--env"))
            } catch {
                throw .usage("--env '\(text)': \(error)", help: nil)
            }
        }
        var values: [BuildRequest.NamedValue] = []
        var warnings: [String] = []
        for (setting, place) in settings {
            if let value = setting.value ?? environment[setting.name] {
                values.append(BuildRequest.NamedValue(setting.name, value))
            } else {
                warnings.append(
                    "\(place): \(setting.name) is not set in this environment, so the build does not get it"
                )
            }
        }
        return (values, warnings)
    }

    private func settings(in file: String) throws(CommandError) -> [VariableSetting] {
        do {
            return try EnvFile(parsing: try FileSystem.readFile(file), file: file).settings
        } catch let error as DistributionError {
            throw .usage("\(error)", help: nil)
        } catch {
            throw .usage("--env-file: \(error)", help: nil)
        }
    }
}

/// Reading `SOURCE:TARGET[:ro|rw]`.
enum VolumeText {
    /// Reads a volume.
    /// - Parameter text: The text.
    /// - Returns: The volume; its source is absolute.
    /// - Throws: When the text is none, or the target is not absolute.
    static func volume(_ text: String) throws(CommandError) -> BuildRequest.Volume {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), !parts[0].isEmpty, Path.isAbsolute(parts[1]) else {
            throw .badValue(
                place: "option '--volume'",
                value: text,
                expected: "SOURCE:/TARGET[:ro|rw]",
                nearest: nil
            )
        }
        let mode = parts.count == 3 ? parts[2] : "ro"
        try CommandOption.Content.choice(["ro", "rw"]).check(
            mode,
            placeholder: "ro|rw",
            at: "option '--volume' \(text)"
        )
        do {
            let source = try Path.absolute(parts[0])
            return BuildRequest.Volume(source: source, target: parts[1], isWritable: mode == "rw")
        } catch {
            throw .usage("--volume '\(text)': \(error)", help: nil)
        }
    }
}
