import JSON
import POSIX
import Sandbox
import TOML

/// Compares a file of a case with an expectation.
struct FileComparison {
    private let expectation: FileExpectation
    private let tree: RootTree
    private let bindings: Bindings

    init(_ expectation: FileExpectation, _ tree: RootTree, _ bindings: Bindings) {
        (self.expectation, self.tree, self.bindings) = (expectation, tree, bindings)
    }

    /// What is different from what is expected.
    /// - Throws: When a text has a name that means nothing.
    func differences() throws(CaseError) -> [String] {
        let path = try bindings.given(expectation.path)
        // Of a link itself only if that is what is expected.
        let isAboutLink = expectation.type == FileKind.symlink.rawValue || expectation.target != nil
        guard let status = tree.status(path, followsLast: !isAboutLink) else {
            let isThere = tree.status(path) != nil
            return ["\(path): expected, \(isThere ? "found a link that leads nowhere" : "found nothing")"]
        }
        var lines: [String] = []
        if let type = expectation.type, type != status.kind {
            lines.append("\(path): expected a \(type), found a \(status.kind)")
        }
        if let mode = expectation.mode {
            let pattern = try bindings.expected(mode)
            let found = octal(status.mode.rawValue)
            if !pattern.matches(found) { lines.append("\(path): expected mode \(pattern.source), found \(found)") }
        }
        if let owner = expectation.owner {
            let expected = try bindings.owner(owner)
            let found = tree.owner(status)
            if expected != found { lines.append("\(path): expected owner \(expected), found \(found)") }
        }
        if let target = expectation.target {
            let pattern = try bindings.expected(target)
            let found = tree.linkTarget(path)
            if !(found.map(pattern.matches) ?? false) {
                lines.append("\(path): expected a link to \(pattern.source), found \(found ?? "no link")")
            }
        }
        if let names = expectation.entries {
            var expected: [String] = []
            for name in names { expected.append(try bindings.given(name)) }
            do throws(CaseError) {
                lines += listDifferences(expected, try tree.names(in: path), of: path)
            } catch {
                lines.append("\(error)")
            }
        }
        return lines + (try contentDifferences(path))
    }

    private func contentDifferences(_ path: String) throws(CaseError) -> [String] {
        let text = expectation.lines
        let looksAtText = expectation.text != nil || !text.has.isEmpty || !text.lacks.isEmpty || !text.inOrder.isEmpty
        guard looksAtText || expectation.format != nil else { return [] }
        let bytes: [UInt8]
        do throws(CaseError) {
            bytes = try tree.contents(of: path)
        } catch {
            return ["\(error)"]
        }
        let found = String(decoding: bytes, as: UTF8.self)
        var lines = try TextComparison(expectation.lines, bindings).differences(in: found, called: path)
        if let text = expectation.text {
            let pattern = try bindings.expected(text)
            if !pattern.matches(found) {
                lines.append("\(path): expected \(quoted(pattern.source)), found \(quoted(found))")
            }
        }
        if let format = expectation.format {
            let document: Value
            do throws(CaseError) {
                document = try Self.document(format, bytes, path)
            } catch {
                return lines + ["\(error)"]
            }
            do throws(TextError) {
                lines += try ValueMatcher(expectation.value, bindings).differences(in: document).map {
                    "\(path): \($0)"
                }
            } catch {
                throw .text(error)
            }
        }
        return lines
    }

    /// Reads a document.
    /// - Throws: When it is malformed.
    static func document(_ format: FileExpectation.Format, _ bytes: [UInt8], _ path: String) throws(CaseError) -> Value
    {
        switch format {
        case .toml:
            do throws(TOMLError) {
                return Value(try TOMLDocument.parse(bytes, file: path))
            } catch {
                throw .other("\(error)")
            }
        case .json:
            do throws(JSONError) {
                return Value(try JSONParser.parse(bytes, source: path, duplicateKeys: .lastWins))
            } catch {
                throw .other("\(error)")
            }
        }
    }
}

/// What is missing in a list of names, and what there is too much.
func listDifferences(_ expected: [String], _ found: [String], of path: String) -> [String] {
    var lines: [String] = []
    for name in expected where !found.contains(name) { lines.append("\(path): expected \(name) in it, found nothing") }
    for name in found where !expected.contains(name) {
        lines.append("\(path): expected nothing else in it, found \(name)")
    }
    return lines
}

/// Permissions as people write them.
func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

extension FileStatus {
    /// The kind of file in the words of expectations.
    var kind: String {
        switch type {
        case .regular: FileKind.file.rawValue
        case .directory: FileKind.directory.rawValue
        case .symlink: FileKind.symlink.rawValue
        case .fifo: "fifo"
        case .socket: "socket"
        case .characterDevice, .blockDevice: "device"
        case .unknown: "unknown thing"
        }
    }
}

extension RootTree {
    /// The kind of file that a path names.
    func kind(_ path: String) -> String {
        status(path)?.kind ?? "nothing"
    }
}
