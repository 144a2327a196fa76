/// A fixture with one variant for one API.
struct TestCase: Sendable {
    var fixture: Fixture
    var variant: Variant
    var api: APIVersion
    /// Whether the case needs the registry, said or not.
    var usesRegistry: Bool
    /// Unlike the number of any other case of the run.
    var number: Int

    /// The fixture's name, with the variant's after `@`.
    var name: String { variant.name.isEmpty ? fixture.name : "\(fixture.name)@\(variant.name)" }
}

/// What came of a case.
struct CaseResult: Sendable {
    enum Status: String, CaseIterable {
        case passed, failed, note, skipped
        /// The statement does not hold for this version.
        case notForAPI = "not for this API"
    }

    var status: Status
    /// Why it was skipped, or what the first miss is.
    var reason = ""
    var failure: Failure?
    var milliseconds: Int64 = 0

    static func skipped(_ reason: String) -> CaseResult { CaseResult(status: .skipped, reason: reason) }
}

/// What a person needs to know about a case that is not as expected.
struct Failure: Sendable {
    /// The step's number, from 1; nil when the case could not be prepared.
    var step: Int?
    var stepTitle: String?
    /// The step's command with its environment, as one types it.
    var command = ""
    /// What is different from what is expected.
    var differences: [String]
    /// The end of what the step wrote.
    var outputTail: [String] = []
    /// Where the case's tree was left.
    var keptPath: String?
}
