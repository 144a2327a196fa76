import BuildpackModel
import TOML

/// A version of the project descriptor's schema.
public enum ProjectSchema: String, CaseIterable, Sendable {
    /// `[project]`, `[build]`, `[metadata]`; also what a file without a version has.
    case first = "0.1"
    /// `[_]` and `[io.buildpacks]`.
    case second = "0.2"
    /// The same with execution environments.
    case third = "0.3"

    /// Whether buildpacks and variables can be restricted to execution environments.
    var hasExecEnvironments: Bool { self == .third }

    /// What the table about the project is called.
    var projectKey: String { self == .first ? "project" : "_" }

    /// The version that a file names in `[_]`; nil when it names none.
    static func of(_ document: TOMLTable) throws(TOMLError) -> ProjectSchema? {
        guard let table = try document.table("_"), let text = try table.string("schema-version"), !text.isEmpty else {
            return nil
        }
        guard let schema = ProjectSchema(rawValue: text) else {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw table.error("schema version '\(text)' is not known; there are \(known)", at: "schema-version")
        }
        return schema
    }

    // MARK: - The keys that there are

    /// The keys of the table about the project.
    var projectKeys: KnownKeys {
        let licenses = KnownKeys(names: "type", "uri")
        var keys: [String: KnownKeys?] = [
            "id": nil, "name": nil, "version": nil, "authors": nil,
            "documentation-url": nil, "source-url": nil, "licenses": licenses,
        ]
        if self != .first {
            keys["schema-version"] = .some(nil)
            keys["metadata"] = .some(nil)
        }
        return KnownKeys(keys)
    }

    /// The keys of `[build]`, or of `[io.buildpacks]`.
    var buildKeys: KnownKeys {
        let addition = KnownKeys(["group": moduleKeys])
        var keys: [String: KnownKeys?] = [
            "builder": nil, "include": nil, "exclude": nil, "pre": addition, "post": addition,
        ]
        if self == .first {
            keys["buildpacks"] = moduleKeys
            keys["env"] = variableKeys
        } else {
            // Each table may have a version of its own, of which there is only one so far.
            keys["schema-version"] = .some(nil)
            keys["group"] = moduleKeys
            keys["build"] = KnownKeys(["env": variableKeys])
            keys["env"] = KnownKeys(["build": variableKeys])
        }
        return KnownKeys(keys)
    }

    private var moduleKeys: KnownKeys {
        var keys: [String: KnownKeys?] = [
            "id": nil, "version": nil, "uri": nil,
            "script": KnownKeys(names: "api", "inline", "shell"),
        ]
        if hasExecEnvironments { keys["exec-env"] = .some(nil) }
        return KnownKeys(keys)
    }

    private var variableKeys: KnownKeys {
        hasExecEnvironments ? KnownKeys(names: "name", "value", "exec-env") : KnownKeys(names: "name", "value")
    }
}
