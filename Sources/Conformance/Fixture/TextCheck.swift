import TOML

/// Looks for names in `@{…}` that cannot mean anything, before anything is run.
struct TextCheck {
    /// The names that have a value in every case of the fixture, or get one by a step.
    let known: Set<String>

    /// What a step expects, rather than is given.
    private static let expectations: Set<String> = ["stdout", "stderr", "output", "file", "image", "absent", "same"]

    /// The names that a fixture may use.
    init(_ fixture: Fixture) {
        var known: Set<String> = ["api", "registry", "uid", "gid"]
        for image in fixture.inputs.images {
            known.formUnion(["ref:\(image.name)", "digest:\(image.name)", "imageid:\(image.name)"])
            let layerCount = max(image.layers.count, 1)
            known.formUnion((0..<layerCount).map { "diffid:\(image.name)#\($0)" })
        }
        for step in fixture.steps { known.formUnion(step.saves.map(\.name)) }
        let values = fixture.variants.map { Set($0.values.keys) }
        if let first = values.first {
            known.formUnion(values.dropFirst().reduce(first) { $0.intersection($1) }.map { "v.\($0)" })
        }
        self.known = known
    }

    /// Looks through a document.
    /// - Throws: At the first text that isn't closed, or has a name that means nothing in its place.
    func check(_ document: TOMLTable) throws(TOMLError) {
        for (key, value) in document {
            guard key == "step", let steps = value.arrayValue else {
                try check(value, at: key, of: document, isExpectation: false)
                continue
            }
            for step in steps.compactMap(\.tableValue) {
                for (key, value) in step {
                    try check(value, at: key, of: step, isExpectation: Self.expectations.contains(key))
                }
            }
        }
    }

    private func check(
        _ value: TOMLValue,
        at key: String,
        of table: TOMLTable,
        isExpectation: Bool
    ) throws(TOMLError) {
        switch value {
        case .string(let text):
            do throws(TextError) {
                for name in try Bindings.names(in: text) where !known.contains(name) {
                    guard isExpectation, TextPattern.Wildcard(rawValue: name) != nil else {
                        throw TextError(text: text, name: name)
                    }
                }
            } catch {
                throw table.error("\(error)", at: key)
            }
        case .array(let array):
            for element in array { try check(element, at: key, of: table, isExpectation: isExpectation) }
        case .table(let inner):
            for (key, value) in inner { try check(value, at: key, of: inner, isExpectation: isExpectation) }
        default:
            break
        }
    }
}
