import POSIX
import Sandbox

/// Compares an image with an expectation.
struct ImageComparison {
    private let expectation: ImageExpectation
    private let tree: RootTree
    private let bindings: Bindings
    private let reader: ImageReader

    init(_ expectation: ImageExpectation, _ tree: RootTree, _ bindings: Bindings, _ reader: ImageReader) {
        (self.expectation, self.tree, self.bindings, self.reader) = (expectation, tree, bindings, reader)
    }

    /// What is different from what is expected.
    /// - Throws: When a text has a name that means nothing.
    func differences() throws(CaseError) -> [String] {
        let name = try bindings.given(expectation.place.text)
        let found: InspectedImage?
        do throws(CaseError) {
            found = try reader.image(ImagePlace(name), tree)
        } catch {
            return ["image \(name): \(error)"]
        }
        guard expectation.exists else { return found == nil ? [] : ["image \(name): expected none, found one"] }
        guard let image = found else { return ["image \(name): expected, found none"] }

        var lines: [String] = []
        do throws(TextError) {
            let document = documentToCompare(image)
            lines += try ValueMatcher(expectation.value, bindings).differences(in: document)
        } catch {
            throw .text(error)
        }
        lines += try environmentDifferences(image)
        lines += try baseDifferences(image)
        if let count = expectation.layerCount, count != Int64(image.layers.count) {
            lines.append("expected \(count) layers, found \(image.layers.count)")
        }
        for layer in image.layers {
            let members = try layer.members(matching: expectation.lacks, bindings)
            lines += members.map { "expected no layer with \($0), found \(layer.diffID)" }
        }
        for layer in expectation.layers { lines += try LayerComparison(layer, image, bindings).differences() }
        return lines.map { "image \(name): \($0)" }
    }

    /// The image's documents, where labels that are expected as texts are texts.
    private func documentToCompare(_ image: InspectedImage) -> Value {
        guard case .table(let expected)? = expectation.value.expected?["labels"],
            case .table(let parts) = image.document
        else {
            return image.document
        }
        let texts = Set(expected.filter { if case .string = $0.value { true } else { false } }.map(\.key))
        return .table(
            parts.map { part in
                guard part.key == "labels", case .table(let labels) = part.value else { return part }
                let members = labels.map { label in
                    guard texts.contains(label.key), let text = image.labels[label.key] else { return label }
                    return Value.Member(key: label.key, value: .string(text))
                }
                return Value.Member(key: part.key, value: .table(members))
            }
        )
    }

    private func environmentDifferences(_ image: InspectedImage) throws(CaseError) -> [String] {
        var lines: [String] = []
        let variables = image.environment
        for (name, value) in expectation.environment {
            let pattern = try bindings.expected(value)
            let found = variables[name]
            if !(found.map(pattern.matches) ?? false) {
                let shown = found.map(quoted) ?? "nothing"
                lines.append("variable \(name): expected \(quoted(pattern.source)), found \(shown)")
            }
        }
        for name in expectation.environmentWithout {
            let name = try bindings.given(name)
            if let found = variables[name] { lines.append("variable \(name): expected none, found \(quoted(found))") }
        }
        return lines
    }

    private func baseDifferences(_ image: InspectedImage) throws(CaseError) -> [String] {
        guard let base = expectation.base else { return [] }
        let name = try bindings.given(base.text)
        guard let other = try reader.image(ImagePlace(name), tree) else { return ["its base \(name) is not there"] }
        if image.diffIDs.starts(with: other.diffIDs) { return [] }
        let expected = other.diffIDs.joined(separator: ", ")
        return ["expected the layers of \(name) first (\(expected)), found \(image.diffIDs.joined(separator: ", "))"]
    }
}

/// Compares a layer with an expectation.
struct LayerComparison {
    private let expectation: LayerExpectation
    private let image: InspectedImage
    private let bindings: Bindings

    init(_ expectation: LayerExpectation, _ image: InspectedImage, _ bindings: Bindings) {
        (self.expectation, self.image, self.bindings) = (expectation, image, bindings)
    }

    /// What is different from what is expected.
    /// - Throws: When a text has a name that means nothing.
    func differences() throws(CaseError) -> [String] {
        let path = try bindings.given(expectation.holds)
        guard let layer = image.layer(holding: path) else { return ["expected a layer with \(path), found none"] }
        var lines: [String] = []
        if let members = expectation.members {
            var expected: [String] = []
            for member in members { expected.append(try bindings.given(member)) }
            lines += listDifferences(expected, layer.members.keys.sorted(), of: "the list of members")
        }
        lines += try layer.members(matching: expectation.lacks, bindings).map { "expected no member \($0), found one" }
        if let diffID = expectation.diffID {
            let pattern = try bindings.expected(diffID)
            if !pattern.matches(layer.diffID) {
                lines.append("expected diffID \(pattern.source), found \(layer.diffID)")
            }
        }
        if let label = expectation.label {
            let found = label.places(in: image.document).map { $0.value.text ?? "no text" }
            if !found.contains(layer.diffID) {
                let shown = found.isEmpty ? "nothing" : found.joined(separator: ", ")
                lines.append("\(label): expected the layer's diffID \(layer.diffID), found \(shown)")
            }
        }
        for details in expectation.details { lines += try differences(details, layer) }
        return lines.map { "layer with \(path): \($0)" }
    }

    private func differences(_ expected: MemberExpectation, _ layer: LayerListing) throws(CaseError) -> [String] {
        let path = try bindings.given(expected.path)
        guard let member = layer.members[path] else { return ["expected a member \(path), found none"] }
        var pairs: [(name: String, expected: String?, found: String)] = [
            ("type", expected.type, member.kind),
            ("mode", expected.mode, octal(member.mode)),
            ("owner", expected.owner, "\(member.uid):\(member.gid)"),
            ("mtime", expected.mtime, String(member.mtime)),
            ("target", expected.target, member.target),
        ]
        if expected.text != nil {
            guard let content = member.content else { return ["\(path): its content is too large to be looked at"] }
            pairs.append(("text", expected.text, String(decoding: content, as: UTF8.self)))
        }
        var lines: [String] = []
        for (name, text, found) in pairs {
            guard let text else { continue }
            let pattern = try bindings.expected(text)
            if !pattern.matches(found) {
                lines.append("\(path): expected \(name) \(quoted(pattern.source)), found \(quoted(found))")
            }
        }
        return lines
    }
}

extension LayerListing {
    /// The members whose paths match one of the patterns.
    /// - Throws: When a pattern has a name that means nothing.
    fileprivate func members(matching patterns: [String], _ bindings: Bindings) throws(CaseError) -> [String] {
        var found: Set<String> = []
        for pattern in patterns {
            let glob = Glob(try bindings.given(pattern))
            found.formUnion(members.keys.filter(glob.matches))
        }
        return found.sorted()
    }
}
