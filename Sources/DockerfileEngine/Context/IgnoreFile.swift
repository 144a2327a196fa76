import POSIX

/// A `.dockerignore`: which files of a context are not there for Dockerfiles.
///
/// See the [Docker documentation](https://docs.docker.com/build/concepts/context/#dockerignore-files).
struct IgnoreFile: Sendable {
    private struct Rule: Sendable {
        var pattern: PathPattern
        var isException: Bool
    }

    private var rules: [Rule] = []

    /// Whether anything may be left out.
    var isEmpty: Bool { rules.isEmpty }

    /// Reads the file of a context, if there is one.
    ///
    /// - Parameter context: The context's directory.
    /// - Throws: When the file can't be read, or a pattern is malformed.
    init(context: String) throws(InstructionFailure) {
        var text = ""
        do {
            text = try FileSystem.readText(Path.join(context, ".dockerignore"))
        } catch {
            guard error.errno == .noSuchFile else { throw InstructionFailure(error.description) }
        }
        try self.init(parsing: text)
    }

    /// Reads the text of such a file.
    init(parsing text: String) throws(InstructionFailure) {
        for line in text.split(whereSeparator: \.isNewline) where line.first != "#" {
            var pattern = line.drop { $0.isWhitespace }
            while pattern.last?.isWhitespace == true { pattern.removeLast() }
            let isException = pattern.first == "!"
            if isException { pattern = pattern.dropFirst().drop { $0.isWhitespace } }
            guard !pattern.isEmpty else { continue }
            // As if the context were the root: `..` leads nowhere.
            let path = Path.clean("/" + pattern)
            guard let pattern = PathPattern(path) else {
                throw InstructionFailure("malformed pattern in .dockerignore: \(line)")
            }
            rules.append(Rule(pattern: pattern, isException: isException))
        }
    }

    /// Whether a path is left out; the last pattern that matches it, or a directory that leads to it, decides.
    ///
    /// - Parameter path: A path in the context, without a slash at its start.
    /// - Returns: Whether it is not there for Dockerfiles.
    func excludes(_ path: String) -> Bool {
        rules.last { $0.pattern.matchesAtOrAbove(path) }.map { !$0.isException } ?? false
    }
}
