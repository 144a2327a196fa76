import BuildpackModel
import POSIX
import TOML

/// `extend-config.toml`: build arguments for the Dockerfiles of an image extension.
struct ExtendConfig: TOMLReadable {
    /// The file's name in the output directory of `bin/generate`.
    static let fileName = "extend-config.toml"

    /// Arguments whose values come from the lifecycle.
    private static let reservedNames = ["build_id", "user_id", "group_id"]

    /// Reads an extend-config.toml.
    ///
    /// - Throws: A positioned error, also when an argument has a reserved name.
    init(toml: TOMLTable) throws(TOMLError) {
        for section in ["build", "run"] {
            for argument in try toml.table(section)?.tables("args") ?? [] {
                _ = try argument.string("value")
                guard let name = try argument.string("name"), Self.reservedNames.contains(name) else { continue }
                throw argument.error("invalid content: arg with name \"\(name)\" is not allowed", at: "name")
            }
        }
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
