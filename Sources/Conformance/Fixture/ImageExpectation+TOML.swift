import TOML

extension ImageExpectation {
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(
            document,
            keys: [
                "ref", "layout", "exists", "manifest", "config", "env", "env_without", "labels", "base", "layer_count",
                "lacks", "layer",
            ] + ValueExpectation.keys
        )
        switch (try table.string("ref"), try table.path("layout")) {
        case (let reference?, nil): place = .registry(reference)
        case (nil, let directory?): place = .layout(directory)
        default: throw table.error("expected ref or layout")
        }
        exists = try table.boolean("exists") ?? true
        value.without = try table.valuePaths("without")
        value.exactly = try table.valuePaths("exactly")
        value.unordered = try table.valuePaths("unordered")
        value.includes = try table.valuePaths("includes")
        for path in value.without + value.exactly + value.unordered + value.includes {
            guard let first = path.segments.first, ["manifest", "config", "labels"].contains(first) else {
                throw table.error("key path \(path) has to begin with manifest, config or labels")
            }
        }
        var parts: [Value.Member] = []
        for part in ["manifest", "config", "labels"] {
            if let expected = try table.subtable(part) { parts.append(Value.Member(key: part, value: Value(expected))) }
        }
        value.expected = .table(parts)
        environment = try table.pairs("env")
        environmentWithout = try table.strings("env_without")
        base = try table.string("base").map(ImagePlace.init)
        layerCount = try document.integer("layer_count")
        lacks = try table.strings("lacks")
        for layer in try table.tables("layer") { layers.append(try LayerExpectation(layer)) }
    }
}

extension LayerExpectation {
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(document, keys: ["holds", "members", "lacks", "diff_id", "label", "member"])
        guard let holds = try table.path("holds") else { throw table.error("missing key holds") }
        self.holds = holds
        members = try document.strings("members")
        lacks = try table.strings("lacks")
        diffID = try table.string("diff_id")
        if let text = try table.string("label") {
            guard let path = ValuePath(text), ["manifest", "config", "labels"].contains(path.segments.first) else {
                throw table.error("expected a key path that begins with manifest, config or labels", at: "label")
            }
            label = path
        }
        for (path, value) in try table.subtable("member") ?? [:] {
            guard let details = value.tableValue else { throw table.error("expected tables", at: "member") }
            self.details.append(try MemberExpectation(path: path, details))
        }
    }
}

extension MemberExpectation {
    fileprivate init(path: String, _ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(document, keys: ["type", "mode", "owner", "mtime", "target", "text"])
        self.path = path
        let kind: FileKind? = try table.word("type")
        type = kind?.rawValue
        mode = try table.modePattern()
        owner = try table.owner()
        target = try table.string("target")
        text = try table.string("text")
        switch document["mtime"] {
        case nil: break
        case .integer(let seconds)?: mtime = String(seconds)
        case .string(let pattern)?: mtime = pattern
        case let value?: throw table.error("expected seconds, found \(value.typeName)", at: "mtime")
        }
    }
}
