public import CNBCore
public import TOML

/// A process that a buildpack contributes, in launch.toml and metadata.toml.
///
/// Other than ``LaunchProcess``, it knows whether there were any `args`, as metadata.toml and labels repeat that.
public struct ProcessEntry: Equatable, Sendable {
    /// The name by which the process is started, such as `web`.
    public var type: String
    /// The program and arguments that are always given.
    public var command: [String]
    /// The arguments that a user may replace; nil when the buildpack gave none.
    public var args: [String]?
    /// Whether the program is started without a shell.
    public var isDirect: Bool
    /// Whether the buildpack wants the process to be the image's default.
    public var isDefault: Bool
    /// The id of the buildpack.
    public var buildpackID: String
    /// The directory to run in; empty for the app's directory.
    public var workingDirectory: String
    /// The execution environments it is meant for; empty for all.
    public var execEnvironments: [String]

    public init(
        type: String,
        command: [String],
        args: [String]? = nil,
        isDirect: Bool = true,
        isDefault: Bool = false,
        buildpackID: String = "",
        workingDirectory: String = "",
        execEnvironments: [String] = []
    ) {
        self.type = type
        self.command = command
        self.args = args
        self.isDirect = isDirect
        self.isDefault = isDefault
        self.buildpackID = buildpackID
        self.workingDirectory = workingDirectory
        self.execEnvironments = execEnvironments
    }

    /// The process in the form that a Platform API knows.
    ///
    /// Before commands were arrays there is one program, and what else was in the command goes in front of `args`.
    public func adapted(to platformAPI: PlatformAPI) -> ProcessEntry {
        guard !platformAPI.supports(.commandArrays), let program = command.first else { return self }
        var adapted = self
        adapted.command = [program]
        adapted.args = command.dropFirst() + (args ?? [])
        return adapted
    }
}

extension ProcessEntry {
    /// Reads a process of launch.toml, whose form depends on the buildpack's API.
    init(launchTOML toml: TOMLTable, api: BuildpackAPI, buildpackID: String) throws(TOMLError) {
        try self.init(commonFieldsOf: toml)
        self.buildpackID = buildpackID
        if api.supports(.commandArrays) {
            guard try toml.boolean("direct") == nil else {
                throw toml.error("process.direct is not supported on this buildpack version", at: "direct")
            }
            command = try toml.strings("command") ?? []
            isDirect = true
        } else {
            command = [try toml.requiredString("command")]
            isDirect = try toml.boolean("direct") ?? false
        }
    }

    /// Reads the fields that launch.toml and metadata.toml have in common.
    private init(commonFieldsOf toml: TOMLTable) throws(TOMLError) {
        self.init(
            type: try toml.string("type") ?? "",
            command: [],
            args: try toml.strings("args"),
            isDefault: try toml.boolean("default") ?? false,
            workingDirectory: try toml.string("working-dir") ?? "",
            execEnvironments: try toml.strings("exec-env") ?? []
        )
    }
}

extension ProcessEntry: TOMLReadable {
    /// Reads a process of metadata.toml, where the command is a string or an array.
    public init(toml: TOMLTable) throws(TOMLError) {
        try self.init(commonFieldsOf: toml)
        buildpackID = try toml.string("buildpack-id") ?? ""
        isDirect = try toml.boolean("direct") ?? false
        switch toml["command"] {
        case .string(let program): command = [program]
        default: command = try toml.strings("command") ?? []
        }
    }
}
