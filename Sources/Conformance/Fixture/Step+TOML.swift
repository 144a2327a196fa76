import POSIX
import TOML

extension Step {
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(
            document,
            keys: [
                "title", "run", "sh", "apis", "env", "unset", "cwd", "argv0", "user", "stdin", "exit", "absent", "same",
                "stdout", "stderr", "output", "file", "image", "save",
            ]
        )
        title = try table.string("title")
        command = try Self.command(table)
        apis = try table.apis() ?? .all
        environment = try table.pairs("env")
        unset = try table.strings("unset")
        workingDirectory = try table.path("cwd")
        argv0 = try table.string("argv0")
        user = try table.owner("user")
        input = try table.string("stdin")
        exit = try Self.exit(table)
        absent = try table.strings("absent")
        same = try Self.pairs(table)
        for stream in Stream.allCases {
            guard let expectation = try table.subtable(stream.rawValue) else { continue }
            output.append((stream, try TextExpectation(expectation)))
        }
        for file in try table.tables("file") { files.append(try FileExpectation(file)) }
        for image in try table.tables("image") { images.append(try ImageExpectation(image)) }
        for (name, source) in try table.pairs("save") {
            guard let value = SavedValue(source) else {
                throw table.error("\(source) is nothing that can be saved", at: "save")
            }
            saves.append((name, value))
        }
    }

    private static func command(_ table: FixtureTable) throws(TOMLError) -> Command {
        if let script = try table.string("sh") {
            guard table.table["run"] == nil else { throw table.error("expected run or sh, not both", at: "sh") }
            return .script(script)
        }
        let words: [String]
        switch table.table["run"] {
        case .string(let line)?:
            guard !line.contains(where: { "\"'\\".contains($0) }) else {
                throw table.error("a command with quotes has to be a list of strings", at: "run")
            }
            words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        case .array?:
            words = try table.strings("run")
        case let value:
            throw table.error("expected run (a string or a list of strings) or sh", at: value == nil ? nil : "run")
        }
        guard let program = words.first, program.hasPrefix("/") || !program.contains("/") else {
            throw table.error("expected the name of a program of the lifecycle, or an absolute path", at: "run")
        }
        return .program(words)
    }

    private static func exit(_ table: FixtureTable) throws(TOMLError) -> Exit {
        switch table.table["exit"] {
        case nil: return .codes([0])
        case .integer(let code)?: return .codes([code])
        case .string("nonzero")?: return .nonzero
        case .array(let array)?:
            let codes = array.compactMap(\.integerValue)
            if codes.count == array.count, !codes.isEmpty { return .codes(codes) }
        default: break
        }
        throw table.error("expected a number, a list of numbers, or \"nonzero\"", at: "exit")
    }

    private static func pairs(_ table: FixtureTable) throws(TOMLError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for element in try table.table.array("same") ?? [] {
            let paths = element.arrayValue?.compactMap(\.stringValue) ?? []
            guard paths.count == 2 else { throw table.error("expected pairs of paths", at: "same") }
            pairs.append((paths[0], paths[1]))
        }
        return pairs
    }
}

extension TextExpectation {
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(document, keys: ["has", "in_order", "lacks", "equals"])
        try self.init(table)
        equals = try table.string("equals")
    }

    fileprivate init(_ table: FixtureTable) throws(TOMLError) {
        has = try table.strings("has")
        inOrder = try table.strings("in_order")
        lacks = try table.strings("lacks")
    }
}

extension ValueExpectation {
    static let keys = ["without", "exactly", "unordered", "includes"]

    fileprivate init(_ table: FixtureTable) throws(TOMLError) {
        without = try table.valuePaths("without")
        exactly = try table.valuePaths("exactly")
        unordered = try table.valuePaths("unordered")
        includes = try table.valuePaths("includes")
    }
}

extension FileExpectation {
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(
            document,
            keys: [
                "path", "type", "mode", "owner", "target", "text", "has", "lacks", "in_order", "entries", "toml",
                "json",
            ] + ValueExpectation.keys
        )
        guard let path = try table.path("path") else { throw table.error("missing key path") }
        self.path = path
        let kind: FileKind? = try table.word("type")
        type = kind?.rawValue
        mode = try table.modePattern()
        owner = try table.owner()
        target = try table.string("target")
        text = try table.string("text")
        lines = try TextExpectation(table)
        entries = try document.strings("entries")
        value = try ValueExpectation(table)
        let documents: [(Format, TOMLTable?)] = [(.toml, try table.subtable("toml")), (.json, nil)]
        for (name, expected) in documents where expected != nil {
            format = name
            value.expected = expected.map { Value($0) }
        }
        // JSON documents need not be tables.
        if let expected = document["json"] {
            guard format == nil else { throw table.error("expected toml or json, not both", at: "json") }
            format = .json
            value.expected = Value(expected)
        }
        let hasRules = ValueExpectation.keys.contains { document[$0] != nil }
        guard format == nil, hasRules else { return }
        // The rules say enough when the name tells the form.
        switch Path.fileExtension(path) {
        case ".toml": format = .toml
        case ".json": format = .json
        default: throw table.error("without, exactly, unordered and includes need toml = { } or json = { } here")
        }
    }
}

/// A kind of file in expectations.
enum FileKind: String, CaseIterable {
    case file, directory, symlink, hardlink
}

extension SavedValue {
    /// Reads `digest REF`, `layer REF PATH`, `toml PATH KEYS` and the like; nil for anything else.
    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count >= 2 else { return nil }
        let place = ImagePlace(words[1])
        let path = words.count == 3 ? ValuePath(words[2]) : nil
        switch (words[0], words.count) {
        case ("digest", 2): self = .digest(place)
        case ("imageid", 2): self = .imageID(place)
        case ("text", 2): self = .text(path: words[1])
        case ("layer", 3): self = .layer(place, holding: words[2])
        case ("label", 3): self = .document(place, ValuePath(["labels", words[2]]))
        case ("label", 4):
            guard let rest = ValuePath(words[3]) else { return nil }
            self = .document(place, ValuePath(["labels", words[2]] + rest.segments))
        case ("config", 3), ("manifest", 3):
            guard let path else { return nil }
            self = .document(place, ValuePath([words[0]] + path.segments))
        case ("toml", 3), ("json", 3):
            guard let path else { return nil }
            self = .file(path: words[1], words[0] == "toml" ? .toml : .json, path)
        default: return nil
        }
    }
}
