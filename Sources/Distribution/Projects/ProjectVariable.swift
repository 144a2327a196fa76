import TOML

/// A variable that a project sets for its build.
public struct ProjectVariable: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String
    /// The execution environments in which it is set; empty for all.
    public var execEnvironments: [String]

    init(toml: TOMLTable, schema: ProjectSchema) throws(TOMLError) {
        name = try toml.requiredString("name")
        value = try toml.string("value") ?? ""
        execEnvironments = schema.hasExecEnvironments ? try toml.strings("exec-env") ?? [] : []
        if let reason = VariableSetting.reason(againstName: name) { throw toml.error(reason, at: "name") }
        if let reason = VariableSetting.reason(againstValue: value) { throw toml.error(reason, at: "value") }
    }
}
