import POSIX
import Synchronization

/// A run over fixtures: reads them, prepares the machine, runs the cases, reports.
struct SuiteRun {
    private let options: RunOptions
    private let library: FixtureLibrary

    init(_ options: RunOptions, _ library: FixtureLibrary) {
        (self.options, self.library) = (options, library)
    }

    /// Runs everything.
    /// - Returns: The exit status.
    func run(_ output: FileDescriptor, _ errors: FileDescriptor) -> Int32 {
        let cases: [TestCase]
        switch chosenCases() {
        case .success(let chosen): cases = chosen
        case .failure(let broken):
            for error in broken.errors { errors.report("\(error)\n") }
            let count = broken.errors.count
            errors.report("cnb-conformance: \(count) broken fixture\(count == 1 ? "" : "s")\n")
            return 2
        }
        if options.lists {
            var seen: Set<String> = []
            for testCase in cases where seen.insert(testCase.name).inserted {
                output.report("\(testCase.name)\t\(testCase.fixture.title)\n")
            }
            return 0
        }
        guard !cases.isEmpty else {
            errors.report("cnb-conformance: no fixture in \(options.fixtures) is chosen\n")
            return 2
        }
        do throws(CaseError) {
            let setup = try RunSetup(options, needsRegistry: cases.contains(where: \.usesRegistry))
            defer { setup.close(keeps: options.keeps) }
            return judge(cases, setup, output)
        } catch {
            errors.report("cnb-conformance: \(error)\n")
            return 2
        }
    }

    private func judge(_ cases: [TestCase], _ setup: RunSetup, _ output: FileDescriptor) -> Int32 {
        let report = options.report
        output.report(report.opening(caseCount: cases.count))
        let progress = Mutex(Progress(results: [CaseResult?](repeating: nil, count: cases.count)))
        Threads.parallel(count: cases.count, limit: options.jobs) { index in
            let result = setup.run(cases[index])
            Interruption.pauseIfInterrupted()
            // In the order of the cases, whichever ends first.
            progress.withLock { progress in
                progress.results[index] = result
                while progress.reported < cases.count, let next = progress.results[progress.reported] {
                    output.report(report.line(for: cases[progress.reported], next, number: progress.reported + 1))
                    progress.reported += 1
                }
            }
        }
        let results = progress.withLock { $0.results.compactMap { $0 } }
        output.report(report.closing(cases, results))
        return results.contains { $0.status == .failed } ? 1 : 0
    }

    private struct Progress {
        var results: [CaseResult?]
        var reported = 0
    }

    /// All that is wrong with the chosen fixtures.
    private struct BrokenFixtures: Error {
        var errors: [FixtureError]
    }

    private func chosenCases() -> Result<[TestCase], BrokenFixtures> {
        var errors: [FixtureError] = []
        var fixtures: [(fixture: Fixture, usesRegistry: Bool)] = []
        do throws(FixtureError) {
            for name in try library.names() where mayChoose(name) {
                do throws(FixtureError) {
                    fixtures.append(try library.fixture(name))
                } catch {
                    errors.append(error)
                }
            }
        } catch {
            errors.append(error)
        }
        guard errors.isEmpty else { return .failure(BrokenFixtures(errors: errors)) }
        var cases: [TestCase] = []
        for api in options.apis {
            for (fixture, usesRegistry) in fixtures {
                for variant in fixture.variants {
                    let testCase = TestCase(
                        fixture: fixture,
                        variant: variant,
                        api: api,
                        usesRegistry: usesRegistry,
                        number: cases.count + 1
                    )
                    if options.chooses(testCase) { cases.append(testCase) }
                }
            }
        }
        return .success(cases)
    }

    /// Whether a fixture or one of its variants may be chosen, before it has been read.
    private func mayChoose(_ name: String) -> Bool {
        let patterns = options.run.map { pattern in String(pattern.prefix { $0 != "@" }) }
        return (patterns.isEmpty || (patterns + options.run).contains { Glob($0).matches(name) })
            && !options.skip.contains { Glob($0).matches(name) }
    }
}
