import BuildpackModel
import CNBCore
import TOML

/// A buildpack that a project asks for: an entry of `group`, `pre.group` or `post.group`.
public struct ProjectModule: Hashable, Sendable {
    /// Where the buildpack is.
    public enum Source: Hashable, Sendable {
        /// On the builder or in a registry, under its id and perhaps a version.
        case named(ModuleName)
        /// At a locator, which begins at the directory of project.toml where it is a relative path.
        case locator(String)
        /// In project.toml itself.
        case inline(InlineBuildpack)
    }

    /// Where the buildpack is.
    public var source: Source
    /// The execution environments in which it takes part; empty for all.
    public var execEnvironments: [String]

    public init(source: Source, execEnvironments: [String] = []) {
        (self.source, self.execEnvironments) = (source, execEnvironments)
    }

    /// Reads an entry.
    init(toml: TOMLTable, schema: ProjectSchema) throws(TOMLError) {
        execEnvironments = schema.hasExecEnvironments ? try toml.strings("exec-env") ?? [] : []
        let uri = try toml.string("uri") ?? ""
        let name = try Self.name(toml)
        if let script = try toml.table("script") {
            guard uri.isEmpty else { throw toml.error("expected either uri or script, found both", at: "uri") }
            guard let name else { throw toml.error("a buildpack with a script needs an id", at: "script") }
            source = .inline(try InlineBuildpack(script: script, name: name))
        } else if !uri.isEmpty {
            guard try toml.string("version") ?? "" == "" else {
                throw toml.error("expected either uri or version, found both", at: "version")
            }
            source = .locator(uri)
        } else {
            guard let name else { throw toml.error("a buildpack needs an id or a uri") }
            source = .named(name)
        }
    }

    private static func name(_ toml: TOMLTable) throws(TOMLError) -> ModuleName? {
        guard let id = try toml.string("id"), !id.isEmpty else { return nil }
        let version = try toml.string("version") ?? ""
        do {
            return ModuleName(id: try BuildpackID(id), version: try BuildpackVersion(version))
        } catch {
            throw toml.error(error.description, at: "id")
        }
    }
}

extension InlineBuildpack {
    /// The program that runs scripts where none is named.
    public static let defaultShell = "/bin/sh"

    /// Reads a `script` table.
    init(script: TOMLTable, name: ModuleName) throws(TOMLError) {
        let api = try script.requiredString("api")
        do {
            _ = try APIVersion(api)
        } catch {
            throw script.error(error.description, at: "api")
        }
        let shell = try script.string("shell") ?? ""
        guard !shell.utf8.contains(where: { $0 < 0x20 }) else {
            throw script.error("expected the path of a program on one line", at: "shell")
        }
        self.api = api
        self.shell = shell.isEmpty ? Self.defaultShell : shell
        self.script = try script.requiredString("inline")
        id = name.id
        if name.version == .none, let version = try? BuildpackVersion("0.0.0") {
            self.version = version
        } else {
            version = name.version
        }
    }
}
