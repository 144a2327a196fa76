import POSIX
import Sandbox

/// One step of a case: runs it, and compares what it did with what is expected.
struct StepRun {
    let step: Step
    let tree: RootTree
    let bindings: Bindings
    let images: ImageReader

    private static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// The programs of the lifecycle that run as root unless the step says otherwise.
    private static let rootPrograms: Set<String> = [
        "analyzer", "restorer", "exporter", "extender", "creator", "rebaser",
    ]

    /// What to run.
    /// - Parameter api: The Platform API under test.
    /// - Returns: The program.
    /// - Throws: When a text has a name that means nothing.
    func program(for api: APIVersion) throws(CaseError) -> TreeRunner.Program {
        var path = "/bin/sh"
        var arguments: [String]
        var owner = Owner.root
        switch step.command {
        case .script(let script):
            arguments = ["/bin/sh", "-eu", "-c", try bindings.given(script)]
        case .program(let words):
            arguments = []
            for word in words { arguments.append(try bindings.given(word)) }
            path = arguments.first ?? ""
            owner = Self.rootPrograms.contains(Path.base(path)) ? .root : .builder
            if !Path.isAbsolute(path) { path = "/cnb/lifecycle/\(path)" }
            arguments[0] = path
        }
        if let name = step.argv0 { arguments[0] = try bindings.given(name) }
        if let user = step.user { owner = try bindings.owner(user) }
        return TreeRunner.Program(
            path: path,
            arguments: arguments,
            environment: try environment(for: api),
            workingDirectory: try bindings.given(step.workingDirectory ?? "/workspace"),
            owner: owner,
            input: try step.input.map { text throws(CaseError) in try bindings.given(text) }
        )
    }

    private func environment(for api: APIVersion) throws(CaseError) -> [String] {
        var variables = [
            Self.path, "HOME=/home/cnb", "CNB_PLATFORM_API=\(api)", "CNB_USER_ID=1000", "CNB_GROUP_ID=1000",
            "CNB_NO_COLOR=true",
        ]
        let removed = step.unset + step.environment.map(\.name)
        variables.removeAll { entry in removed.contains { entry.hasPrefix("\($0)=") } }
        for (name, value) in step.environment { variables.append("\(name)=\(try bindings.given(value))") }
        return variables
    }

    /// What is different from what is expected.
    /// - Parameters:
    ///   - result: What the step did.
    ///   - limitMilliseconds: How long it could take.
    /// - Returns: Lines for a person; none if all is as expected.
    /// - Throws: When a text has a name that means nothing.
    func differences(_ result: TreeRunner.Result, limitMilliseconds: Int) throws(CaseError) -> [String] {
        if let failure = result.failure { return ["the program can't be run: \(failure)"] }
        if result.hasTimedOut { return ["still running after \(limitMilliseconds / 1000) seconds"] }
        var lines = exitDifferences(result.status)
        for (stream, expectation) in step.output {
            let text =
                switch stream {
                case .stdout: result.stdout
                case .stderr: result.stderr
                case .output: result.output
                }
            lines += try TextComparison(expectation, bindings).differences(in: text, called: stream.rawValue)
        }
        for pattern in step.absent {
            let paths = tree.paths(matching: try bindings.given(pattern))
            lines += paths.map { "\($0): expected nothing, found a \(tree.kind($0))" }
        }
        for (first, second) in step.same { lines += try differences(first, second) }
        for file in step.files { lines += try FileComparison(file, tree, bindings).differences() }
        for image in step.images { lines += try ImageComparison(image, tree, bindings, images).differences() }
        return lines
    }

    private func exitDifferences(_ status: ExitStatus) -> [String] {
        let found: String
        switch (status, step.exit) {
        case (.exited(let code), .codes(let codes)):
            if codes.contains(Int64(code)) { return [] }
            found = "exit status \(code)"
        case (.exited(let code), .nonzero):
            if code != 0 { return [] }
            found = "exit status \(code)"
        case (.signaled(let number), _):
            found = "it was ended by signal \(number) (\(Signal(rawValue: number)))"
        }
        let expected =
            switch step.exit {
            case .codes(let codes): "exit status " + codes.map(String.init).joined(separator: " or ")
            case .nonzero: "an exit status other than 0"
            }
        return ["expected \(expected), found \(found)"]
    }

    private func differences(_ first: String, _ second: String) throws(CaseError) -> [String] {
        let (first, second) = (try bindings.given(first), try bindings.given(second))
        var contents: [[UInt8]] = []
        for path in [first, second] {
            do throws(CaseError) {
                contents.append(try tree.contents(of: path))
            } catch {
                return ["\(error)"]
            }
        }
        return contents[0] == contents[1] ? [] : ["\(first) and \(second): expected equal contents, they differ"]
    }

    /// The values that the step saves for later ones.
    /// - Returns: The values, and what is missing.
    func saved() -> (values: [(name: String, value: String)], missing: [String]) {
        var values: [(name: String, value: String)] = []
        var missing: [String] = []
        for (name, source) in step.saves {
            do throws(CaseError) {
                values.append((name, try value(source)))
            } catch {
                missing.append("nothing can be saved as \(name): \(error)")
            }
        }
        return (values, missing)
    }

    private func value(_ source: SavedValue) throws(CaseError) -> String {
        switch source {
        case .digest(let place):
            return try image(place).digest
        case .imageID(let place):
            return try image(place).configDigest
        case .layer(let place, let holding):
            let image = try image(place)
            let path = try bindings.given(holding)
            guard let layer = image.layer(holding: path) else { throw .tree(.missing("\(path) in the image's layers")) }
            return layer.diffID
        case .document(let place, let path):
            return try text(path, in: try image(place).document)
        case .file(let file, let format, let path):
            let file = try bindings.given(file)
            return try text(path, in: try FileComparison.document(format, try tree.contents(of: file), file))
        case .text(let path):
            var text = String(decoding: try tree.contents(of: try bindings.given(path)), as: UTF8.self)[...]
            if text.hasSuffix("\n") { text.removeLast() }
            return String(text)
        }
    }

    private func image(_ place: ImagePlace) throws(CaseError) -> InspectedImage {
        let text = try bindings.given(place.text)
        guard let image = try images.image(ImagePlace(text), tree) else {
            throw .other("\(text): there is no such image")
        }
        return image
    }

    private func text(_ path: ValuePath, in document: Value) throws(CaseError) -> String {
        var segments: [String] = []
        for segment in path.segments { segments.append(try bindings.given(segment)) }
        guard let text = ValuePath(segments).places(in: document).first?.value.text else {
            throw .other("there is no text at \(path)")
        }
        return text
    }
}
