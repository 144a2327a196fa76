import TOML

extension BuildModule {
    init(_ document: TOMLTable, _ kind: Kind) throws(TOMLError) {
        let phases = kind == .buildpack ? ["detect", "build"] : ["detect", "generate"]
        let table = try FixtureTable(
            document,
            keys: ["id", "version", "api", "info", "extra", "toml", "bare"] + phases
        )
        self.kind = kind
        id = try table.requiredString("id")
        version = try table.string("version") ?? "1.0.0"
        api = try table.string("api") ?? "0.12"
        info = try table.string("info")
        extra = try table.string("extra")
        descriptor = try table.string("toml")
        scripts = []
        for phase in phases {
            let text = try table.string(phase)
            if text == nil, try table.boolean("bare") ?? false { continue }
            scripts.append((phase, Self.script(text ?? "exit 0")))
        }
    }

    /// A script of its own kind, or one for the shell that stops at the first failure.
    static func script(_ text: String) -> String {
        let text = text.hasSuffix("\n") ? text : text + "\n"
        return text.hasPrefix("#!") ? text : "#!/bin/sh -eu\n" + text
    }
}

extension OrderFile {
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(document, keys: ["groups", "extensions"])
        groups = try Self.lists(table, "groups")
        extensions = try Self.lists(table, "extensions")
    }

    private static func lists(_ table: FixtureTable, _ key: String) throws(TOMLError) -> [[String]] {
        var lists: [[String]] = []
        for group in try table.table.array(key) ?? [] {
            guard let elements = group.arrayValue else {
                throw table.error("expected arrays of strings, found \(group.typeName)", at: key)
            }
            let names = elements.compactMap(\.stringValue)
            guard names.count == elements.count, names.allSatisfy({ $0.contains("@") }) else {
                throw table.error("expected elements such as \"acme/a@1.0.0\"", at: key)
            }
            lists.append(names)
        }
        return lists
    }
}

extension InputFile {
    /// Reads the files of a table whose keys are their paths.
    static func list(_ table: TOMLTable) throws(TOMLError) -> [InputFile] {
        var files: [InputFile] = []
        for (path, value) in table {
            guard path.hasPrefix("/") || path.hasPrefix("@{") else {
                throw table.error("expected an absolute path, found \(path)", at: path)
            }
            switch value {
            case .string(let text): files.append(InputFile(path: path, content: .text(text)))
            case .table(let details): files.append(try InputFile(path: path, details))
            default: throw table.error("expected a text or a table, found \(value.typeName)", at: path)
            }
        }
        return files
    }

    private init(path: String, _ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(document, keys: ["text", "hex", "symlink", "dir", "mode", "owner"])
        self.path = path
        mode = try table.mode()
        owner = try table.owner()
        var contents: [Content] = []
        if let text = try table.string("text") { contents.append(.text(text)) }
        if let target = try table.string("symlink") { contents.append(.symlink(target)) }
        if try table.boolean("dir") ?? false { contents.append(.directory) }
        if let digits = try table.string("hex") {
            guard let bytes = Self.bytes(digits) else { throw table.error("expected hexadecimal digits", at: "hex") }
            contents.append(.bytes(bytes))
        }
        guard contents.count == 1, let content = contents.first else {
            throw table.error("expected one of text, hex, symlink and dir = true")
        }
        self.content = content
    }

    private static func bytes(_ digits: String) -> [UInt8]? {
        let digits = digits.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
        guard digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

extension SeedImage {
    /// What can be said about the configuration, and the kind of value that it takes.
    private static let settingNames = [
        "user", "entrypoint", "cmd", "workdir", "os", "arch", "variant", "os_version", "created", "author",
    ]

    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(
            document,
            keys: ["name", "layout", "run", "labels", "env", "format", "layer"] + Self.settingNames
        )
        name = try table.requiredString("name")
        layout = try table.path("layout")
        isRunImage = try table.boolean("run") ?? false
        labels = try table.pairs("labels")
        environment = try table.strings("env")
        switch try table.string("format") ?? "oci" {
        case "oci": isDockerFormat = false
        case "docker": isDockerFormat = true
        default: throw table.error("expected oci or docker", at: "format")
        }
        for name in Self.settingNames {
            guard document[name] != nil else { continue }
            if name == "entrypoint" || name == "cmd" {
                settings[name] = .array(try table.strings(name).map(Value.string))
            } else {
                settings[name] = try table.string(name).map(Value.string)
            }
        }
        for layer in try table.tables("layer") {
            let layer = try FixtureTable(layer, keys: ["files"])
            layers.append(try InputFile.list(try layer.subtable("files") ?? [:]))
        }
    }
}
