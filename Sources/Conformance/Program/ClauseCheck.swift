import POSIX
import TOML

/// A statement in the list of all statements.
struct ListedClause {
    var clause: Clause
    var fixtures: [String]
    var untested: String?

    static let documents = ["platform.md", "buildpack.md", "image_extension.md", "distribution.md"]

    init(_ document: TOMLTable) throws(TOMLError) {
        let table = try FixtureTable(
            document,
            keys: ["id", "document", "section", "link", "keyword", "apis", "text", "fixtures", "untested"]
        )
        guard let keyword: Keyword = try table.word("keyword") else { throw table.error("missing key keyword") }
        clause = Clause(
            id: try table.requiredString("id"),
            document: try table.requiredString("document"),
            section: try table.requiredString("section"),
            link: try table.requiredString("link"),
            keyword: keyword
        )
        guard Self.documents.contains(clause.document) else {
            throw table.error("expected one of \(Self.documents.joined(separator: ", "))", at: "document")
        }
        _ = try table.apis()
        _ = try table.requiredString("text")
        fixtures = try table.strings("fixtures")
        untested = try table.string("untested")
        switch (fixtures.isEmpty, untested?.isEmpty ?? true) {
        case (true, true): throw table.error("\(clause.id) has neither fixtures nor a reason in untested")
        case (false, false):
            throw table.error("\(clause.id) has fixtures, and a reason why it has none", at: "untested")
        default: break
        }
    }
}

/// Compares the list of statements with the fixtures, both ways.
struct ClauseCheck {
    private let library: FixtureLibrary

    init(_ library: FixtureLibrary) {
        self.library = library
    }

    /// Prints what is not in step, or how much there is.
    /// - Returns: The exit status: 0 when all is in step, else 1; 2 when the list or a fixture can't be read.
    func run(_ output: FileDescriptor, _ errors: FileDescriptor) -> Int32 {
        var fixtures: [Fixture] = []
        var broken: [FixtureError] = []
        var clauses: [ListedClause] = []
        do throws(FixtureError) {
            clauses = try list(&broken)
            for name in try library.names() {
                do throws(FixtureError) {
                    fixtures.append(try library.fixture(name).fixture)
                } catch {
                    broken.append(error)
                }
            }
        } catch {
            broken.append(error)
        }
        for error in broken { errors.report("\(error)\n") }
        let complaints = Self.complaints(clauses, fixtures)
        for complaint in complaints { errors.report("\(complaint)\n") }
        let untested = clauses.count { $0.untested != nil }
        let cases = fixtures.reduce(0) { $0 + $1.variants.count }
        output.report(
            "\(clauses.count) statements, \(clauses.count - untested) tested, \(untested) explained; "
                + "\(fixtures.count) fixtures with \(cases) cases\n"
        )
        if !broken.isEmpty { return 2 }
        return complaints.isEmpty ? 0 : 1
    }

    private func list(_ broken: inout [FixtureError]) throws(FixtureError) -> [ListedClause] {
        let file = Path.join(library.root, "clauses.toml")
        let bytes: [UInt8]
        do throws(POSIXError) {
            bytes = try FileSystem.readFile(file)
        } catch {
            throw .unreadable(error)
        }
        var clauses: [ListedClause] = []
        do throws(TOMLError) {
            let document = try FixtureTable(try TOMLDocument.parse(bytes, file: file), keys: ["clause"])
            for table in try document.tables("clause") {
                do throws(TOMLError) {
                    clauses.append(try ListedClause(table))
                } catch {
                    broken.append(.document(error))
                }
            }
        } catch {
            throw .document(error)
        }
        return clauses
    }

    /// What is not in step.
    static func complaints(_ clauses: [ListedClause], _ fixtures: [Fixture]) -> [String] {
        var lines: [String] = []
        let listed = Dictionary(clauses.map { ($0.clause.id, $0) }) { first, second in
            lines.append("clauses.toml: \(second.clause.id) is listed twice")
            return first
        }
        let known = Dictionary(fixtures.map { ($0.name, $0) }) { first, _ in first }
        for fixture in fixtures {
            let clause = fixture.clause
            for id in [clause.id] + clause.also {
                guard let entry = listed[id] else {
                    lines.append("\(fixture.name): clauses.toml has no statement \(id)")
                    continue
                }
                if !entry.fixtures.contains(fixture.name) {
                    lines.append("\(fixture.name): it is not among the fixtures of \(id) in clauses.toml")
                }
            }
            guard let entry = listed[clause.id]?.clause else { continue }
            let fields = [
                ("document", clause.document, entry.document), ("section", clause.section, entry.section),
                ("link", clause.link, entry.link), ("keyword", clause.keyword.rawValue, entry.keyword.rawValue),
            ]
            for (name, own, other) in fields where own != other {
                lines.append(
                    "\(fixture.name): \(name) is \"\(own)\" here and \"\(other)\" in clauses.toml (\(clause.id))"
                )
            }
        }
        for entry in clauses {
            for name in entry.fixtures {
                guard let fixture = known[name] else {
                    lines.append("clauses.toml: \(entry.clause.id) names \(name), which is no fixture")
                    continue
                }
                if !([fixture.clause.id] + fixture.clause.also).contains(entry.clause.id) {
                    lines.append("clauses.toml: \(entry.clause.id) names \(name), which tests \(fixture.clause.id)")
                }
            }
        }
        return lines
    }
}
