/// One line of a `.gitignore`.
struct IgnorePattern: Hashable, Sendable {
    /// Whether the pattern takes back what earlier ones matched.
    let isNegated: Bool
    /// Whether only directories match.
    let isForDirectories: Bool
    /// Whether the pattern is about the path from the top; otherwise it is about the name, at any depth.
    let isAnchored: Bool
    private let parts: [GlobReader.Part]

    /// How long a pattern may be, in bytes.
    static let limit = 4096

    /// Reads a line; nil for one that is empty, a comment, or that can match nothing.
    init?(_ line: [UInt8]) {
        var pattern = Self.withoutTrailingSpaces(line)[...]
        guard let first = pattern.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { pattern.removeFirst() }
        isForDirectories = pattern.last == UInt8(ascii: "/")
        if isForDirectories { pattern.removeLast() }
        isAnchored = pattern.contains(UInt8(ascii: "/"))
        if pattern.first == UInt8(ascii: "/") { pattern.removeFirst() }
        var reader = GlobReader(pattern)
        guard !pattern.isEmpty, let parts = reader.parts() else { return nil }
        self.parts = parts
    }

    /// Spaces at the end don't count, save those behind a backslash.
    private static func withoutTrailingSpaces(_ line: [UInt8]) -> ArraySlice<UInt8> {
        var end = line.startIndex
        var index = line.startIndex
        while index < line.endIndex {
            if line[index] == UInt8(ascii: "\\") {
                index = min(index + 2, line.endIndex)
                end = index
            } else {
                index += 1
                if line[index - 1] != UInt8(ascii: " ") { end = index }
            }
        }
        return line[..<end]
    }

    /// Whether the pattern is about a path, whatever the ones beside it say.
    func matches(_ names: [ArraySlice<UInt8>], isDirectory: Bool) -> Bool {
        guard isDirectory || !isForDirectories, let name = names.last else { return false }
        guard isAnchored else {
            guard parts.count == 1, let part = parts.first else { return false }
            return Self.matches(part, name)
        }
        return matchesPath(names)
    }

    private static func matches(_ part: GlobReader.Part, _ name: ArraySlice<UInt8>) -> Bool {
        guard case .name(let glob) = part else { return true }
        return glob.matches(name)
    }

    private func matchesPath(_ names: [ArraySlice<UInt8>]) -> Bool {
        var part = 0
        var position = 0
        // Where to go on if the current try fails: after the last `**`, which then takes one directory more.
        var retry: (part: Int, position: Int)?
        while position < names.count || part < parts.count {
            if part < parts.count, case .anyDirectories = parts[part] {
                part += 1
                // At the end, it stands for what is in the directory, and not for the directory.
                if part == parts.count { return position < names.count }
                retry = (part, position)
                continue
            }
            if part < parts.count, position < names.count, Self.matches(parts[part], names[position]) {
                part += 1
                position += 1
                continue
            }
            guard let last = retry, last.position < names.count else { return false }
            retry = (last.part, last.position + 1)
            part = last.part
            position = last.position + 1
        }
        return true
    }
}
