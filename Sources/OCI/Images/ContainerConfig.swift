public import JSON

/// What a container of an image runs: the `config` object of the image config.
public struct ContainerConfig: Sendable {
    /// The command that always runs.
    public var entrypoint: [String]
    /// Arguments of the entrypoint, or the command where there is none.
    public var command: [String]
    /// Variables as `NAME=value`, in order.
    public var environment: [String]
    /// Labels by name.
    public var labels: [String: String]
    /// The user, and optionally the group, by name or number: `1000:1000`.
    public var user: String
    /// The directory that the command starts in.
    public var workingDirectory: String
    /// Fields of the document that have no name here.
    var others: JSONObject

    /// Makes a config that says nothing.
    public init() {
        entrypoint = []
        command = []
        environment = []
        labels = [:]
        user = ""
        workingDirectory = ""
        others = JSONObject()
    }

    init(_ fields: DocumentFields) throws(OCIError) {
        entrypoint = try fields.list("Entrypoint")
        command = try fields.list("Cmd")
        environment = try fields.list("Env")
        labels = try fields.strings("Labels")
        user = try fields.string("User") ?? ""
        workingDirectory = try fields.string("WorkingDir") ?? ""
        others = fields.object
        for key in ["Entrypoint", "Cmd", "Env", "Labels", "User", "WorkingDir"] { others[key] = nil }
    }

    /// The value of a variable, `nil` when it is not set.
    ///
    /// - Parameter name: The variable's name.
    /// - Returns: What follows the first `=`, empty where there is none.
    public func environmentValue(_ name: String) -> String? {
        guard let entry = environment.first(where: { Self.name(of: $0) == name }) else { return nil }
        return String(entry.dropFirst(name.count + 1))
    }

    /// Sets a variable in its place, or at the end when it is new.
    ///
    /// - Parameters:
    ///   - name: The variable's name.
    ///   - value: Its new value.
    public mutating func setEnvironmentValue(_ name: String, _ value: String) {
        let entry = "\(name)=\(value)"
        if let index = environment.firstIndex(where: { Self.name(of: $0) == name }) {
            environment[index] = entry
        } else {
            environment.append(entry)
        }
    }

    /// The shell that runs commands which are no lists; empty where the image leaves that to the tool.
    public var shell: [String] {
        get { others["Shell"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        set { others["Shell"] = newValue.isEmpty ? nil : .list(newValue) }
    }

    private static func name(of entry: String) -> Substring { entry.prefix { $0 != "=" } }

    // MARK: - JSON

    /// The order in which the field writes the keys, which makes the bytes of equal configs equal.
    private static let order = [
        "AttachStderr", "AttachStdin", "AttachStdout", "Cmd", "Healthcheck", "Domainname", "Entrypoint", "Env",
        "Hostname", "Image", "Labels", "OnBuild", "OpenStdin", "StdinOnce", "Tty", "User", "Volumes", "WorkingDir",
        "ExposedPorts", "ArgsEscaped", "NetworkDisabled", "MacAddress", "StopSignal", "Shell",
    ]

    /// The config as JSON; empty values of known fields are left out, fields unknown to the field come last.
    public var json: JSONValue {
        var all = others
        all["Entrypoint"] = .list(entrypoint)
        all["Cmd"] = .list(command)
        all["Env"] = .list(environment)
        all["Labels"] = .sorted(labels)
        all["User"] = .string(user)
        all["WorkingDir"] = .string(workingDirectory)
        for key in ["Volumes", "ExposedPorts"] { all[key] = all[key]?.keysSorted }
        var object = JSONObject()
        for key in Self.order {
            if let value = all[key], !value.isEmptyInGo { object[key] = value }
        }
        for (key, value) in others where !Self.order.contains(key) { object[key] = value }
        return .object(object)
    }
}

extension JSONValue {
    /// An object with its keys in the order of their bytes, as Go writes maps; any other value as it is.
    fileprivate var keysSorted: JSONValue {
        guard let object = objectValue else { return self }
        var result = JSONObject()
        for (key, value) in object.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            result[key] = value
        }
        return .object(result)
    }
}
