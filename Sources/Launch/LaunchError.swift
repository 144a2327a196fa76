public import CNBCore
public import LaunchModel
public import LaunchPOSIX
public import TOML

/// What keeps the launcher from becoming the process.
public enum LaunchError: Error, Equatable, Sendable {
    /// The Platform API is missing, malformed or not supported.
    case platformAPI(CNBError)
    /// A buildpack's API is malformed or not supported.
    case buildpackAPI(id: String, CNBError)
    /// metadata.toml cannot be read or understood.
    case metadata(LaunchModelError)
    /// The launcher's own flags are wrong.
    case usage(String)

    /// There is neither a process type nor a command.
    case noCommand
    /// No process of the type is meant for this execution environment.
    case processNotFound(type: String)
    /// The buildpack that could say what user arguments do isn't in the metadata.
    case buildpackNotFound(type: String, id: String)
    /// The process belongs to a buildpack that isn't in the metadata.
    case unknownBuildpack(type: String, id: String)

    /// The app's directory cannot be entered.
    case appDir(SystemError)
    /// A layer's environment cannot be read.
    case environment(LaunchModelError)
    /// A layer's profile scripts cannot be listed.
    case profiles(LaunchModelError)
    /// A layer's exec.d directory cannot be listed.
    case execDListing(LaunchModelError)
    /// An exec.d program could not be run, or failed.
    case execDFailed(path: String, reason: String)
    /// An exec.d program gave something else than a table of strings.
    case execDOutput(path: String, TOMLError)

    /// A process without a command.
    case emptyCommand(type: String)
    /// The program cannot be found.
    case lookup(name: String, reason: String)
    /// The process's directory cannot be entered.
    case workingDirectory(SystemError)
    /// The program cannot be started.
    case directExec(SystemError)
    /// Bash cannot be started.
    case bashExec(SystemError)
}

extension LaunchError {
    /// The launcher's exit code.
    public var exitCode: ExitCode {
        switch self {
        case .platformAPI: .incompatiblePlatformAPI
        case .buildpackAPI: .incompatibleBuildpackAPI
        case .usage: .usage
        default: .launchError
        }
    }

    /// A further line for people, where the message alone doesn't lead to the cause.
    public var hint: String? {
        switch self {
        case .metadata(.metadata(let error)), .execDOutput(_, let error):
            error.excerpt.isEmpty ? nil : error.excerpt
        case .bashExec(let error) where error.code == SystemError.noSuchFile:
            "this command is run by a shell, and there is no \(BashScript.interpreter) in the image that can be started; "
                + "use a run image that has bash, or a direct process: launcher -- <cmd> <arg>..."
        case .directExec(let error) where error.code == SystemError.noSuchFile:
            error.path + " is there, but what starts it is not: the program in its first line (#!) "
                + "or the loader of its shared libraries; use a run image that has it"
        default:
            nil
        }
    }
}

extension LaunchError: CustomStringConvertible {
    /// «failed to <action>: <cause>».
    public var description: String {
        switch self {
        case .platformAPI(let error): error.platformAPIFailure
        case .buildpackAPI(let id, let error): error.buildpackAPIFailure(kind: "buildpack", name: id)
        case .metadata(let error): "failed to read metadata: \(error)"
        case .usage(let problem): "failed to parse arguments: \(problem)"
        default: "failed to launch: \(cause)"
        }
    }

    private var cause: String {
        switch self {
        case .noCommand:
            "determine start command: when there is no default process a command is required"
        case .processNotFound(let type):
            "determine start command: process type \(type) was not found"
        case .buildpackNotFound(let type, let id):
            "determine start command: failed to find buildpack for process \(type) with buildpack ID \(id)"
        case .unknownBuildpack(let type, let id):
            "process type '\(type)' provided by unknown buildpack '\(id)'"
        case .appDir(let error): "change to app directory: \(error)"
        case .environment(let error): "modify env: \(error)"
        case .profiles(let error): "find profiles: \(error)"
        case .execDListing(let error): "exec.d: \(error)"
        case .execDFailed(let path, let reason):
            "exec.d: failed to execute exec.d file at path '\(path)': \(reason)"
        case .execDOutput(let path, let error):
            "exec.d: failed to decode output from exec.d file at path '\(path)': \(error)"
        case .emptyCommand(let type): "no command provided for process type \"\(type)\""
        case .lookup(let name, let reason): "path lookup: exec: \"\(name)\": \(reason)"
        case .workingDirectory(let error): "change directory: \(error)"
        case .directExec(let error): "direct exec: \(error.reason)"
        case .bashExec(let error): "bash exec: \(error.reason)"
        case .platformAPI, .buildpackAPI, .metadata, .usage: ""
        }
    }
}
