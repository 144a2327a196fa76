import CNBCore

/// Patterns of paths with the rules of `.gitignore`, of which the last that matches decides.
///
/// See <https://git-scm.com/docs/gitignore#_pattern_format>. Paths are compared byte by byte, with regard to the case of
/// letters.
public struct IgnoreRules: Hashable, Sendable {
    /// How many patterns there may be.
    public static let limit = 10_000

    private let patterns: [IgnorePattern]

    /// Reads patterns.
    ///
    /// - Parameter patterns: One pattern each; empty ones and comments match nothing.
    /// - Throws: ``DistributionError/invalidPattern(_:reason:)`` for one of more than 4096 bytes,
    ///   ``DistributionError/tooMany(_:of:limit:)`` for more than ``limit`` of them.
    public init(patterns: [String]) throws(DistributionError) {
        try self.init(lines: patterns.map { Array($0.utf8) }, of: "the list of patterns")
    }

    /// Reads a file of patterns.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents, a pattern a line, at most 1 MiB.
    ///   - file: The file's name, for errors.
    /// - Throws: As for a list of patterns, and when the file is too large.
    public init(parsing bytes: [UInt8], file: String) throws(DistributionError) {
        try checkSize(bytes.count, of: file, limit: FileLimit.projectDescriptor)
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        let lines = text.split(separator: UInt8(ascii: "\n")).map { line in
            Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
        try self.init(lines: lines, of: file)
    }

    private init(lines: [[UInt8]], of source: String) throws(DistributionError) {
        guard lines.count <= Self.limit else { throw .tooMany("patterns", of: source, limit: Self.limit) }
        for line in lines where line.count > IgnorePattern.limit {
            let start = String(decoding: line.prefix(40), as: UTF8.self)
            throw .invalidPattern("\(start)…", reason: "longer than \(IgnorePattern.limit) bytes")
        }
        patterns = lines.compactMap(IgnorePattern.init)
    }

    /// Whether there is no pattern.
    public var isEmpty: Bool { patterns.isEmpty }

    /// What the rules say about a path alone, without regard to the directories above it.
    ///
    /// - Parameters:
    ///   - path: The path below the directory that the rules are for, without a slash at either end.
    ///   - isDirectory: Whether a directory is there.
    /// - Returns: True where a pattern matches, false where one that begins with `!` does, nil where none does.
    public func match(_ path: [UInt8], isDirectory: Bool) -> Bool? {
        match(path.split(separator: UInt8(ascii: "/")), isDirectory: isDirectory)
    }

    private func match(_ names: [ArraySlice<UInt8>], isDirectory: Bool) -> Bool? {
        patterns.last { $0.matches(names, isDirectory: isDirectory) }.map { !$0.isNegated }
    }

    /// Whether a pattern takes back what others match.
    var hasNegation: Bool { patterns.contains(where: \.isNegated) }

    /// Whether the last pattern that matches a path, or a directory above it, is one that doesn't begin with `!`.
    ///
    /// Other than where files are ignored, what is in a directory that matches can be taken back.
    func selects(_ path: [UInt8], isDirectory: Bool) -> Bool {
        let names = path.split(separator: UInt8(ascii: "/"))
        let last = patterns.last { pattern in
            names.indices.contains { index in
                pattern.matches(Array(names[...index]), isDirectory: isDirectory || index < names.endIndex - 1)
            }
        }
        return last.map { !$0.isNegated } ?? false
    }

    /// Whether a path is ignored, be it because a directory above it is: what is in such a one can't be taken back.
    ///
    /// - Parameters:
    ///   - path: The path below the directory that the rules are for, without a slash at either end.
    ///   - isDirectory: Whether a directory is there.
    /// - Returns: Whether `git check-ignore` would name the path.
    public func ignores(_ path: [UInt8], isDirectory: Bool) -> Bool {
        let names = path.split(separator: UInt8(ascii: "/"))
        for count in names.indices.dropFirst() where match(Array(names.prefix(count)), isDirectory: true) == true {
            return true
        }
        return match(names, isDirectory: isDirectory) ?? false
    }

    /// Whether a path is ignored, be it because a directory above it is: what is in such a one can't be taken back.
    ///
    /// - Parameters:
    ///   - path: The path below the directory that the rules are for, without a slash at either end.
    ///   - isDirectory: Whether a directory is there.
    /// - Returns: Whether `git check-ignore` would name the path.
    public func ignores(_ path: String, isDirectory: Bool) -> Bool {
        ignores(Array(path.utf8), isDirectory: isDirectory)
    }
}
