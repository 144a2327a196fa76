import Console
import POSIX

/// What the command line says.
struct RunOptions: Sendable {
    /// How results are shown.
    enum Format: String, CaseIterable {
        case text, tap, junit, json
    }

    var lifecycle: String?
    var launcher: String?
    var apis: [APIVersion]
    var run: [String]
    var skip: [String]
    var format: Format
    var registry: String?
    var jobs: Int
    /// How long a step may take, in seconds.
    var timeout: Int
    var keeps: Bool
    var lists: Bool
    var checks: Bool
    var fixtures: String

    static let table = FlagTable(
        program: "cnb-conformance",
        flags: [
            Flag("lifecycle", .string(""), help: "`directory` with analyzer, detector, ... and launcher"),
            Flag("launcher", .string(""), help: "`file` to use as launcher, instead of the one of the lifecycle"),
            Flag("api", .list([]), help: "Platform `version` to test, or all; may be repeated (default \"0.15\")"),
            Flag("run", .list([]), help: "only fixtures whose name matches the `glob`; may be repeated"),
            Flag("skip", .list([]), help: "not those whose name matches the `glob`; may be repeated"),
            Flag("format", .string("text"), help: "`form` of the report: text, tap, junit or json"),
            Flag("registry", .string(""), help: "`host` and port of a registry without credentials"),
            Flag("jobs", .integer(Threads.processorCount), help: "how many cases run at the same time"),
            Flag("timeout", .integer(30), help: "`seconds` that a step may take"),
            Flag("keep", .boolean(false), help: "leave the trees of cases that fail"),
            Flag("list", .boolean(false), help: "print the names of the fixtures, and run nothing"),
            Flag("check", .boolean(false), help: "compare clauses.toml with the fixtures, and run nothing"),
        ]
    )

    /// Reads a command line.
    /// - Throws: When it can't be understood.
    init(_ arguments: [String]) throws(UsageError) {
        let flags: ParsedFlags
        var rest = arguments
        var folders: [String] = []
        var parsed: ParsedFlags?
        // Flags may also follow the folder.
        do throws(FlagError) {
            var all: [String] = []
            while true {
                let next = try Self.table.parse(all + rest)
                guard let folder = next.arguments.first else {
                    parsed = next
                    break
                }
                folders.append(folder)
                all += rest.prefix(rest.count - next.arguments.count).filter { $0 != "--" }
                rest = Array(next.arguments.dropFirst())
            }
        } catch {
            throw UsageError(isHelp: error == .helpRequested, reason: "\(error)")
        }
        guard let parsed else { throw UsageError(reason: "no command line") }
        flags = parsed

        guard folders.count <= 1 else { throw UsageError(reason: "more than one folder of fixtures") }
        fixtures = folders.first ?? "spec-fixtures"
        lifecycle = flags.string("lifecycle").flatMap { $0.isEmpty ? nil : $0 }
        launcher = flags.string("launcher").flatMap { $0.isEmpty ? nil : $0 }
        registry = flags.string("registry").flatMap { $0.isEmpty ? nil : $0 }
        run = flags.list("run") ?? []
        skip = flags.list("skip") ?? []
        jobs = max(1, flags.integer("jobs") ?? 1)
        timeout = max(1, flags.integer("timeout") ?? 30)
        keeps = flags.boolean("keep") ?? false
        lists = flags.boolean("list") ?? false
        checks = flags.boolean("check") ?? false
        guard let format = Format(rawValue: flags.string("format") ?? "") else {
            throw UsageError(reason: "unknown format \(flags.string("format") ?? "")")
        }
        self.format = format
        apis = []
        for text in flags.list("api") ?? [] {
            if text == "all" {
                apis += APIVersion.known
            } else if let api = APIVersion(text), APIVersion.known.contains(api) {
                apis.append(api)
            } else {
                throw UsageError(reason: "unknown Platform API \(text)")
            }
        }
        if apis.isEmpty { apis = APIVersion.known.suffix(1) }
        guard lifecycle != nil || lists || checks else { throw UsageError(reason: "--lifecycle is missing") }
    }

    /// Whether a case is chosen, by its own name or by its fixture's.
    func chooses(_ testCase: TestCase) -> Bool {
        func isNamed(by patterns: [String]) -> Bool {
            patterns.contains { Glob($0).matches(testCase.name) || Glob($0).matches(testCase.fixture.name) }
        }
        return (run.isEmpty || isNamed(by: run)) && !isNamed(by: skip)
    }
}

/// Why a command line can't be followed.
struct UsageError: Error {
    var isHelp = false
    var reason: String
}
