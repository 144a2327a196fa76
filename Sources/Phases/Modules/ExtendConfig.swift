import BuildpackModel
import POSIX
import TOML

/// `extend-config.toml`: build arguments for the Dockerfiles of an image extension.
struct ExtendConfig: TOMLReadable {
    /// The file's name in the output directory of `bin/generate`.
    static let fileName = "extend-config.toml"

    /// Arguments whose values come from the lifecycle.
    private static let reservedNames = ["build_id", "user_id", "group_id"]

    /// The arguments for `build.Dockerfile`, by name.
    private(set) var buildArguments: [String: String] = [:]
    /// The arguments for `run.Dockerfile`, by name.
    private(set) var runArguments: [String: String] = [:]

    /// The config of an extension that has none.
    init() {}

    /// Reads an extend-config.toml.
    ///
    /// - Throws: A positioned error, also when an argument has a reserved name.
    init(toml: TOMLTable) throws(TOMLError) {
        buildArguments = try Self.arguments("build", toml)
        runArguments = try Self.arguments("run", toml)
    }

    private static func arguments(_ section: String, _ toml: TOMLTable) throws(TOMLError) -> [String: String] {
        var arguments: [String: String] = [:]
        for argument in try toml.table(section)?.tables("args") ?? [] {
            let value = try argument.string("value") ?? ""
            guard let name = try argument.string("name") else { continue }
            guard !reservedNames.contains(name) else {
                throw argument.error("invalid content: arg with name \"\(name)\" is not allowed", at: "name")
            }
            arguments[name] = value
        }
        return arguments
    }
}

/// The folders that an image extension may write for instructions like `COPY` to copy from.
enum ContextFolder {
    private static let shared = "context"
    private static let specific = ["context.build", "context.run"]

    /// Finds the context folders in the output of an extension.
    ///
    /// - Parameter outputDir: The extension's output directory.
    /// - Returns: Their paths; nil when there is one for both images and one for a single image, which is not allowed.
    static func find(in outputDir: String) -> [String]? {
        let present = { (name: String) in FileSystem.isDirectory(Path.join(outputDir, name)) }
        let specific = Self.specific.filter(present)
        let shared = [Self.shared].filter(present)
        guard shared.isEmpty || specific.isEmpty else { return nil }
        return (shared + specific).map { Path.join(outputDir, $0) }
    }
}
