/// How bad a finding is.
enum Severity: String, CaseIterable, Comparable {
    /// The buildpack violates what the specification demands.
    case error
    /// It goes against advice, of the specification or of experience.
    case warning
    /// Something that its author may want to know.
    case note

    static func < (left: Severity, right: Severity) -> Bool {
        let order = allCases
        return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
}

/// A part of the buildpack specification.
enum SpecSection: String {
    case layers = "Layers#layers"
    case apiCompatibility = "Buildpack API Compatibility#buildpack-api-compatibility"
    case build = "Build#build"
    case buildPhase = "Phase #5: Build, Process#process-3"
    case buildPlan = "Build Plan (TOML)#build-plan-toml"
    case buildTOML = "build.toml (TOML)#buildtoml-toml"
    case descriptor = "buildpack.toml (TOML)#buildpacktoml-toml"
    case detectPhase = "Phase #1: Detection, Process#process"
    case detection = "Detection#detection"
    case environment = "Provided by the Buildpacks#provided-by-the-buildpacks"
    case environmentRules = "Environment Variable Modification Rules#environment-variable-modification-rules"
    case execd = "Exec.d#execd"
    case launchTOML = "launch.toml (TOML)#launchtoml-toml"
    case launchBOM = "launch.toml (TOML) bom Array#launchtoml-toml-bom-array"
    case layerMetadata = "Layer Content Metadata (TOML)#layer-content-metadata-toml"
    case layerTypes = "Layer Types#layer-types"
    case order = "Order#order"
    case planVersion = "Build Plan (TOML) requires.version Key#build-plan-toml-requiresversion-key"
    case platformVariables = "Provided by the Platform#provided-by-the-platform"
    case reusingLayers = "Reusing Layers#reusing-layers"
    case sbom = "Software-Bill-of-Materials#software-bill-of-materials"
    case stacks = "buildpack.toml (TOML) stacks Array#buildpacktoml-toml-stacks-array"
    case storeTOML = "store.toml (TOML)#storetoml-toml"
    case targets = "Targets#targets-1"
    case unmet = "Unmet Buildpack Plan Entries#unmet-buildpack-plan-entries"

    private var anchorIndex: String.Index { rawValue.lastIndex(of: "#") ?? rawValue.endIndex }

    /// The heading.
    var title: String { String(rawValue[..<anchorIndex]) }

    /// Where to read it.
    var link: String {
        "https://github.com/buildpacks/spec/blob/buildpack/0.12/buildpack.md\(rawValue[anchorIndex...])"
    }
}

/// What a buildpack is held to.
struct Rule: Hashable {
    /// The rule's name in reports.
    let id: String
    let severity: Severity
    let section: SpecSection
    /// What the author should change.
    let advice: String

    init(_ severity: Severity, _ id: String, _ section: SpecSection, _ advice: String) {
        self.id = id
        self.severity = severity
        self.section = section
        self.advice = advice
    }

    /// All rules.
    static let all = descriptorRules + detectRules + outputRules + behaviourRules

    /// All rules as a table.
    static var markdown: String {
        let rows = all.map { rule in
            "| `\(rule.id)` | \(rule.severity.rawValue) | [\(rule.section.title)](\(rule.section.link)) | \(rule.advice) |\n"
        }
        return "| Rule | Severity | Specification | What to change |\n|---|---|---|---|\n" + rows.joined()
    }
}

/// A place where a buildpack breaks a rule.
struct Finding: Hashable {
    let rule: Rule
    /// The file or directory, as the buildpack sees it, or below its own directory.
    let file: String
    /// The line of a TOML file, from 1; 0 when there is none to name.
    var line = 0
    /// What is wrong.
    let message: String

    /// The file with its line.
    var place: String { line > 0 ? "\(file):\(line)" : file }
}

/// What was found so far; the same thing is said once.
struct Findings {
    private(set) var list: [Finding] = []

    /// Says that a rule is broken.
    mutating func add(_ rule: Rule, _ file: String, line: Int = 0, _ message: String) {
        let isKnown = list.contains { $0.rule == rule && $0.file == file && $0.message == message }
        if !isKnown { list.append(Finding(rule: rule, file: file, line: line, message: message)) }
    }

    /// How many findings are of a severity.
    func count(_ severity: Severity) -> Int { list.count { $0.rule.severity == severity } }

    /// The worst first, otherwise in the order in which they were found.
    var sorted: [Finding] {
        Severity.allCases.flatMap { severity in list.filter { $0.rule.severity == severity } }
    }
}
