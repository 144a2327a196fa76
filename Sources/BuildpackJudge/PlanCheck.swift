import TOML

/// What a buildpack wrote to `$CNB_BUILD_PLAN_PATH`, as far as the judge has to know it.
struct WrittenPlan {
    /// What it provides, by name.
    var provides: [String] = []
    /// What it requires, by name.
    var requires: [String] = []

    /// What is required but has to come from others.
    var missing: [String] { requires.filter { !provides.contains($0) } }
    /// What is provided but has to be asked for by others.
    var unused: [String] { provides.filter { !requires.contains($0) } }
    /// Whether other buildpacks have to take part.
    var needsOthers: Bool { !missing.isEmpty || !unused.isEmpty }
}

/// Checks a build plan.
enum PlanCheck {
    private static let provides = Shape.tables(["name": .string])
    private static let requires = Shape.tables(["name": .string, "version": .string, "metadata": .freeTable])
    private static let file = "$CNB_BUILD_PLAN_PATH"

    /// Reads the plan and checks it.
    /// - Parameters:
    ///   - bytes: What is in it; nil, when there is no file, is an empty plan.
    ///   - findings: Takes what is wrong.
    /// - Returns: The alternative that needs least of others, the first of several: what a build does that nothing else
    ///   takes part in.
    static func run(_ bytes: [UInt8]?, _ findings: inout Findings) -> WrittenPlan {
        guard let table = ShapeCheck.parse(bytes, as: file, .planSyntax, &findings) else { return WrittenPlan() }
        let pair = ["provides": provides, "requires": requires]
        ShapeCheck(file: file, typeRule: .planType, unknownKeyRule: .planUnknownKey)
            .check(table, pair.merging(["or": .tables(pair)]) { first, _ in first }, &findings)
        let alternatives = [table] + table.subtables("or")
        for alternative in alternatives {
            for entry in alternative.subtables("provides") + alternative.subtables("requires") {
                if entry.text("name")?.isEmpty ?? (entry["name"] == nil) {
                    findings.add(.planName, file, line: entry.line(), "an entry has no name")
                }
                if entry["version"] != nil {
                    findings.add(
                        .planVersion,
                        file,
                        line: entry.line("version"),
                        "the version of a requirement has another place"
                    )
                }
            }
        }
        let plans = alternatives.map { alternative in
            WrittenPlan(
                provides: alternative.subtables("provides").compactMap { $0.text("name") },
                requires: alternative.subtables("requires").compactMap { $0.text("name") }
            )
        }
        return plans.min { $0.missing.count + $0.unused.count < $1.missing.count + $1.unused.count } ?? WrittenPlan()
    }
}
