import POSIX
import Sandbox

/// Runs cases, each in a fresh tree.
struct CaseRunner: Sendable {
    let sandbox: TreeRunner
    /// The directory in which the cases' trees are made.
    let workDir: String
    let registry: (host: String, path: String, client: RegistryClient)?
    let images: ImageReader
    /// Whether trees of cases that fail are left.
    let keepsFailures: Bool
    /// What this machine has.
    let available: Set<Need>
    /// Why something is not there.
    let reasons: [Need: String]

    /// Runs a case.
    /// - Parameter testCase: The case.
    /// - Returns: What came of it; never an error, whatever the lifecycle does.
    func run(_ testCase: TestCase) -> CaseResult {
        guard testCase.fixture.apis.contains(testCase.api), testCase.variant.apis.contains(testCase.api) else {
            return CaseResult(status: .notForAPI, reason: "not for Platform API \(testCase.api)")
        }
        var needs = testCase.fixture.needs
        if testCase.usesRegistry { needs.insert(.registry) }
        for need in Need.allCases where needs.contains(need) && !available.contains(need) {
            return .skipped("needs \(need.rawValue): \(reasons[need] ?? "not there")")
        }
        let start = Clock.monotonicNanoseconds
        var result = judge(testCase)
        result.milliseconds = (Clock.monotonicNanoseconds - start) / 1_000_000
        return result
    }

    private func judge(_ testCase: TestCase) -> CaseResult {
        let directory = Path.join(workDir, "c\(testCase.number)")
        let tree = sandbox.tree(Path.join(directory, "root"))
        var failure: Failure?
        do throws(CaseError) {
            try refused { () throws(POSIXError) in try FileSystem.makeDirectory(directory) }
            var bindings = try prepare(testCase, tree)
            for (number, step) in testCase.fixture.steps.enumerated() where step.apis.contains(testCase.api) {
                failure = try run(step, number: number + 1, of: testCase, tree, &bindings)
                if failure != nil { break }
            }
        } catch {
            failure = Failure(differences: ["\(error)"])
        }
        guard var failure else {
            Leftovers.remove(directory)
            return CaseResult(status: .passed)
        }
        if keepsFailures { failure.keptPath = tree.root } else { Leftovers.remove(directory) }
        let isMiss = testCase.fixture.clause.keyword.isRequirement
        return CaseResult(status: isMiss ? .failed : .note, reason: failure.differences.first ?? "", failure: failure)
    }

    /// Makes the case's tree and images.
    private func prepare(_ testCase: TestCase, _ tree: RootTree) throws(CaseError) -> Bindings {
        var values = [
            "api": "\(testCase.api)", "uid": "\(Owner.builder.uid)", "gid": "\(Owner.builder.gid)",
        ]
        let path = "\(registry?.path ?? "")c\(testCase.number)"
        if let registry { values["registry"] = "\(registry.host)/\(path)" }
        for (name, value) in testCase.variant.values { values["v.\(name)"] = value }
        var bindings = Bindings(values)

        let inputs = testCase.fixture.inputs
        try refused { () throws(POSIXError) in
            try tree.makeSystem(sandbox.host)
            for folder in inputs.rootFolders { try tree.copyFolder(folder) }
        }
        let seeding = ImageSeeding(tree: tree, registry: registry?.client, host: registry?.host ?? "", path: path)
        for image in inputs.images { try seeding.seed(image, &bindings) }
        for module in inputs.modules { try tree.write(module, bindings) }
        if let order = inputs.order { try tree.write(order, bindings) }
        for file in inputs.files { try tree.write(file, bindings) }
        return bindings
    }

    private func run(
        _ step: Step,
        number: Int,
        of testCase: TestCase,
        _ tree: RootTree,
        _ bindings: inout Bindings
    ) throws(CaseError) -> Failure? {
        let stepRun = StepRun(step: step, tree: tree, bindings: bindings, images: images)
        let program = try stepRun.program(for: testCase.api)
        let result = try refused { () throws(POSIXError) in try sandbox.run(program, in: tree.root) }
        var differences = try stepRun.differences(result, limitMilliseconds: sandbox.limitMilliseconds)
        if differences.isEmpty {
            let (values, missing) = stepRun.saved()
            for (name, value) in values { bindings[name] = value }
            differences = missing
        }
        guard !differences.isEmpty else { return nil }
        return Failure(
            step: number,
            stepTitle: step.title,
            command: ShellText.command(program),
            differences: differences,
            outputTail: Self.tail(result)
        )
    }

    /// The end of what a step wrote, without what would upset a terminal.
    private static func tail(_ result: TreeRunner.Result) -> [String] {
        var lines = result.output.split(whereSeparator: \.isNewline).suffix(20).map { line in
            let shown = line.unicodeScalars.prefix(500).map { $0.value < 0x20 && $0 != "\t" ? "\u{FFFD}" : $0 }
            return String(String.UnicodeScalarView(shown))
        }
        if result.isTruncated { lines.append("(and more)") }
        return lines
    }
}

/// Commands as one types them.
enum ShellText {
    /// A program with its environment.
    static func command(_ program: TreeRunner.Program) -> String {
        var words = ["cd", program.workingDirectory, "&&", "env", "-i"]
        words += program.environment.map(quoted)
        let name = program.arguments.first ?? program.path
        if name != program.path { words += ["bash", "-c", quoted("exec -a \"$0\" \"$@\""), quoted(name)] }
        words.append(quoted(program.path))
        words += program.arguments.dropFirst().map(quoted)
        return words.joined(separator: " ") + "   # as \(program.owner)"
    }

    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-_./:=@,+%".utf8.contains(byte)
            }
        if isPlain { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
