import TOML

/// What one `fixture.toml` says: of a fixture, or of a folder that several share.
struct FixturePart {
    var title: String?
    var apis: APIRange?
    var needs: Set<Need> = []
    var use: [String] = []
    var clause: Clause?
    var inputs = CaseInputs()
    var steps: [Step] = []
    var variants: [Variant] = []

    /// Reads a document.
    /// - Parameter document: The root table of a `fixture.toml`.
    /// - Throws: At the first thing that is not as `spec-fixtures/README.md` has it.
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(
            document,
            keys: [
                "title", "apis", "needs", "use", "clause", "buildpack", "extension", "order", "files", "image", "step",
                "variant",
            ]
        )
        title = try table.string("title")
        apis = try table.apis()
        for name in try table.strings("needs") {
            guard let need = Need(rawValue: name) else {
                let known = Need.allCases.map(\.rawValue).joined(separator: ", ")
                throw table.error("expected some of \(known), found \(name)", at: "needs")
            }
            needs.insert(need)
        }
        use = try table.strings("use")
        if let clause = try table.subtable("clause") { self.clause = try Clause(clause) }
        for module in try table.tables("buildpack") { inputs.modules.append(try BuildModule(module, .buildpack)) }
        for module in try table.tables("extension") { inputs.modules.append(try BuildModule(module, .extension)) }
        if let order = try table.subtable("order") { inputs.order = try OrderFile(order) }
        if let files = try table.subtable("files") { inputs.files = try InputFile.list(files) }
        for image in try table.tables("image") { inputs.images.append(try SeedImage(image)) }
        for step in try table.tables("step") { steps.append(try Step(step)) }
        for variant in try table.tables("variant") { variants.append(try Variant(variant)) }
    }
}

extension Clause {
    init(_ table: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(table, keys: ["id", "document", "section", "link", "keyword", "also"])
        id = try table.requiredString("id")
        document = try table.requiredString("document")
        section = try table.requiredString("section")
        link = try table.requiredString("link")
        guard let keyword: Keyword = try table.word("keyword") else { throw table.error("missing key keyword") }
        self.keyword = keyword
        also = try table.strings("also")
    }
}

extension Variant {
    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(document, keys: document.keys)
        name = try table.requiredString("name")
        apis = try table.apis() ?? .all
        for (key, value) in document where key != "apis" {
            guard let text = Value(value).text else {
                throw document.error("expected a string or a number, found \(value.typeName)", at: key)
            }
            values[key] = text
        }
    }
}
