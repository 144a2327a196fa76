/// What a document has to hold: values, and rules for how they are compared.
struct ValueExpectation {
    /// What must be there at least; nil for anything.
    var expected: Value?
    /// What must not be there.
    var without: [ValuePath] = []
    /// Tables that have no more keys than are expected.
    var exactly: [ValuePath] = []
    /// Arrays whose order does not matter.
    var unordered: [ValuePath] = []
    /// Arrays that may have more elements than are expected.
    var includes: [ValuePath] = []
}

/// Compares a document with an expectation.
struct ValueMatcher {
    private let expectation: ValueExpectation
    private let bindings: Bindings

    init(_ expectation: ValueExpectation, _ bindings: Bindings) {
        (self.expectation, self.bindings) = (expectation, bindings)
    }

    /// What is different, one line each; nothing if all is as expected.
    func differences(in actual: Value, at root: ValuePath = ValuePath([])) throws(TextError) -> [String] {
        var lines: [String] = []
        if let expected = expectation.expected { lines += try compare(expected, actual, root) }
        for path in expectation.without {
            lines += path.places(in: actual).map { "\($0.path): expected nothing, found \($0.value.display)" }
        }
        return lines
    }

    private func compare(_ expected: Value, _ actual: Value, _ path: ValuePath) throws(TextError) -> [String] {
        switch (expected, actual) {
        case (.table(let expectedMembers), .table(let members)):
            var lines: [String] = []
            let expectedMembers = try expectedMembers.map { member throws(TextError) in
                Value.Member(key: try bindings.expand(member.key), value: member.value)
            }
            for member in expectedMembers {
                let place = path.appending(member.key)
                if let value = actual[member.key] {
                    lines += try compare(member.value, value, place)
                } else {
                    lines.append("\(place): expected \(try shown(member.value)), found nothing")
                }
            }
            if expectation.exactly.contains(where: { $0.covers(path) }) {
                for member in members where !expectedMembers.contains(where: { $0.key == member.key }) {
                    lines.append("\(path.appending(member.key)): expected nothing, found \(member.value.display)")
                }
            }
            return lines
        case (.array(let expectedElements), .array(let elements)):
            return try compare(expectedElements, elements, path)
        case (.string(let text), _):
            let pattern = try bindings.pattern(text)
            if case .string(let found) = actual, pattern.matches(found) { return [] }
            // Only patterns stand for other things than strings.
            if !pattern.isLiteral, let found = actual.text, pattern.matches(found) { return [] }
        case (.integer(let number), .float(let found)) where Double(number) == found:
            return []
        case (.float(let number), .integer(let found)) where number == Double(found):
            return []
        default:
            if expected == actual { return [] }
        }
        return ["\(name(path)): expected \(try shown(expected)), found \(actual.display)"]
    }

    private func compare(_ expected: [Value], _ actual: [Value], _ path: ValuePath) throws(TextError) -> [String] {
        let mayHaveMore = expectation.includes.contains { $0.covers(path) }
        guard mayHaveMore || expectation.unordered.contains(where: { $0.covers(path) }) else {
            var lines: [String] = []
            for (number, pair) in zip(expected, actual).enumerated() {
                lines += try compare(pair.0, pair.1, path.appending(String(number)))
            }
            for (number, value) in expected.enumerated().dropFirst(actual.count) {
                lines.append("\(path.appending(String(number))): expected \(try shown(value)), found nothing")
            }
            for (number, value) in actual.enumerated().dropFirst(expected.count) {
                lines.append("\(path.appending(String(number))): expected nothing, found \(value.display)")
            }
            return lines
        }
        var fits: [[Int]] = []
        for (number, value) in expected.enumerated() {
            var candidates: [Int] = []
            for (place, element) in actual.enumerated() {
                let differences = try compare(value, element, path.appending(String(number)))
                if differences.isEmpty { candidates.append(place) }
            }
            fits.append(candidates)
        }
        let partners = Pairing.largest(fits, count: actual.count)
        var lines: [String] = []
        for (number, value) in expected.enumerated() where partners[number] == nil {
            let found = Value.array(actual).display
            lines.append("\(name(path)): expected an element \(try shown(value)), found \(found)")
        }
        if !mayHaveMore, lines.isEmpty {
            let taken = Set(partners.compactMap { $0 })
            for (place, value) in actual.enumerated() where !taken.contains(place) {
                lines.append("\(path.appending(String(place))): expected nothing, found \(value.display)")
            }
        }
        return lines
    }

    private func name(_ path: ValuePath) -> String {
        path.segments.isEmpty ? "the document" : "\(path)"
    }

    /// An expected value with the case's values put in.
    private func shown(_ value: Value) throws(TextError) -> String {
        guard case .string(let text) = value else { return value.display }
        return Value.string(try bindings.pattern(text).source).display
    }
}

/// Pairs each of some things with one of others.
enum Pairing {
    /// A pairing that leaves as few alone as possible.
    /// - Parameters:
    ///   - candidates: For each thing, the numbers of those it may be paired with.
    ///   - count: How many others there are.
    /// - Returns: For each thing its partner's number.
    static func largest(_ candidates: [[Int]], count: Int) -> [Int?] {
        var owner = [Int?](repeating: nil, count: count)

        func place(_ thing: Int, _ seen: inout Set<Int>) -> Bool {
            for candidate in candidates[thing] where seen.insert(candidate).inserted {
                // The thing that has the candidate may be paired with another one.
                let isFree = owner[candidate].map { place($0, &seen) } ?? true
                if isFree {
                    owner[candidate] = thing
                    return true
                }
            }
            return false
        }

        for thing in candidates.indices {
            var seen: Set<Int> = []
            _ = place(thing, &seen)
        }
        var partners = [Int?](repeating: nil, count: candidates.count)
        for (candidate, thing) in owner.enumerated() {
            if let thing { partners[thing] = candidate }
        }
        return partners
    }
}
