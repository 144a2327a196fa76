internal import CNBCore
public import LaunchPOSIX
public import TOML

/// A process that an app image can start, as `metadata.toml` describes it.
public struct LaunchProcess: Equatable, Sendable {
    /// The name by which it is started, such as `web`.
    public var type: String
    /// The program and, from Platform API 0.10, the arguments that are always given.
    public var command: [String]
    /// The arguments that a user may replace.
    public var args: [String]
    /// Whether the program is started without a shell.
    public var direct: Bool
    /// Whether the buildpack wants it to be the image's default.
    public var isDefault: Bool
    /// The id of the buildpack that contributed it.
    public var buildpackID: String
    /// The directory to run in; empty for the app's directory.
    public var workingDirectory: String
    /// The execution environments it is meant for; empty for all.
    public var execEnv: [String]

    /// A process.
    ///
    /// - Parameters:
    ///   - type: The name by which it is started.
    ///   - command: The program and arguments that are always given.
    ///   - args: The arguments that a user may replace.
    ///   - direct: Whether the program is started without a shell.
    ///   - isDefault: Whether the buildpack wants it to be the image's default.
    ///   - buildpackID: The id of the buildpack that contributed it.
    ///   - workingDirectory: The directory to run in, or an empty string.
    ///   - execEnv: The execution environments it is meant for.
    public init(
        type: String,
        command: [String],
        args: [String] = [],
        direct: Bool = false,
        isDefault: Bool = false,
        buildpackID: String = "",
        workingDirectory: String = "",
        execEnv: [String] = []
    ) {
        self.type = type
        self.command = command
        self.args = args
        self.direct = direct
        self.isDefault = isDefault
        self.buildpackID = buildpackID
        self.workingDirectory = workingDirectory
        self.execEnv = execEnv
    }
}

/// A buildpack of the group that built the image.
public struct LaunchBuildpack: Equatable, Sendable {
    /// The id.
    public var id: String
    /// The Buildpack API as it is written, not verified.
    public var api: String

    /// A buildpack.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - api: The Buildpack API as it is written.
    public init(id: String, api: String) {
        self.id = id
        self.api = api
    }
}

/// The part of `<layers>/config/metadata.toml` that a launch needs.
public struct LaunchMetadata: Equatable, Sendable {
    /// All processes, in order.
    public var processes: [LaunchProcess]
    /// All buildpacks, in the order of their `bin/build`.
    public var buildpacks: [LaunchBuildpack]

    /// Metadata of known parts.
    ///
    /// - Parameters:
    ///   - processes: All processes, in order.
    ///   - buildpacks: All buildpacks, in order.
    public init(processes: [LaunchProcess] = [], buildpacks: [LaunchBuildpack] = []) {
        self.processes = processes
        self.buildpacks = buildpacks
    }

    /// Reads the document.
    ///
    /// - Parameter document: The root table of metadata.toml.
    /// - Throws: A positioned error about a value of the wrong type. Keys that are missing are empty.
    public init(_ document: TOMLTable) throws(TOMLError) {
        processes = []
        for table in try document.tables("processes") ?? [] { processes.append(try LaunchProcess(table)) }
        buildpacks = []
        for table in try document.tables("buildpacks") ?? [] {
            buildpacks.append(
                LaunchBuildpack(id: try table.string("id") ?? "", api: try table.string("api") ?? "")
            )
        }
    }

    /// Reads the file.
    ///
    /// - Parameter path: metadata.toml.
    /// - Throws: ``LaunchModelError/unreadable(_:)`` or ``LaunchModelError/metadata(_:)``.
    public init(contentsOf path: RawPath) throws(LaunchModelError) {
        let bytes: [UInt8]
        do {
            bytes = try FileReading.contents(of: path, limit: FileLimit.toml)
        } catch {
            throw .unreadable(error)
        }
        do {
            try self.init(TOMLDocument.parse(bytes, file: path.description))
        } catch {
            throw .metadata(error)
        }
    }
}

extension LaunchProcess {
    /// Reads one of the `[[processes]]`.
    ///
    /// - Parameter table: The process's table.
    /// - Throws: A positioned error about a value of the wrong type. Keys that are missing are empty.
    public init(_ table: TOMLTable) throws(TOMLError) {
        self.init(
            type: try table.string("type") ?? "",
            command: try Self.command(table),
            args: try table.strings("args") ?? [],
            direct: try table.boolean("direct") ?? false,
            isDefault: try table.boolean("default") ?? false,
            buildpackID: try table.string("buildpack-id") ?? "",
            workingDirectory: try table.string("working-dir") ?? "",
            execEnv: try table.strings("exec-env") ?? []
        )
    }

    /// The command in either form: a string up to Platform API 0.9, an array of strings from then on.
    private static func command(_ table: TOMLTable) throws(TOMLError) -> [String] {
        switch table["command"] {
        case nil: []
        case .string(let text): [text]
        case .array: try table.strings("command") ?? []
        case .some(let value):
            throw table.error("expected a string or an array of strings, found \(value.typeName)", at: "command")
        }
    }
}
