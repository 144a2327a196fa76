import TOML

/// What a platform writes for the lifecycle.
enum PlatformTOML {
    /// run.toml with one run image.
    static func run(image: String, mirrors: [String]) -> String {
        var table: TOMLTable = ["image": .string(image)]
        if !mirrors.isEmpty { table.set("mirrors", .array(TOMLArray(strings: mirrors))) }
        return TOMLWriter.write(["images": .array(TOMLArray(tables: [table]))])
    }
}
