import Glibc

/// Lexical operations on slash-separated paths; none of them looks at the file system, but for `absolute`.
public enum Path {
    /// Whether a path starts at the root.
    public static func isAbsolute(_ path: String) -> Bool {
        path.utf8.first == slash
    }

    /// Joins elements with slashes and cleans the result; empty elements are left out.
    /// - Parameter elements: The elements, outermost first.
    /// - Returns: The joined path, or "" if all elements are empty.
    public static func join(_ elements: String...) -> String {
        let present = elements.filter { !$0.isEmpty }
        return present.isEmpty ? "" : clean(present.joined(separator: "/"))
    }

    /// The shortest equal path: no `.`, no doubled or final slash, and `..` resolved as far as the text allows.
    /// - Parameter path: Any path.
    /// - Returns: The cleaned path; "." for an empty one.
    public static func clean(_ path: String) -> String {
        let rooted = isAbsolute(path)
        var kept: [Substring.UTF8View] = []
        for part in path.utf8.split(separator: slash) {
            if isDot(part) { continue }
            guard isDotDot(part) else {
                kept.append(part)
                continue
            }
            if let last = kept.last, !isDotDot(last) {
                kept.removeLast()
            } else if !rooted {
                kept.append(part)
            }
        }
        let joined = kept.map { String(Substring($0)) }.joined(separator: "/")
        if rooted { return "/" + joined }
        return joined.isEmpty ? "." : joined
    }

    /// The last element, without final slashes; "/" for a path of slashes only, "." for an empty one.
    public static func base(_ path: String) -> String {
        guard !path.isEmpty else { return "." }
        guard let last = path.utf8.split(separator: slash).last else { return "/" }
        return String(Substring(last))
    }

    /// All but the last element, cleaned; "." if there is no slash.
    public static func directory(_ path: String) -> String {
        guard let last = path.utf8.lastIndex(of: slash) else { return "." }
        return clean(String(path[...last]))
    }

    /// The suffix of the last element from its last dot on, or "".
    public static func fileExtension(_ path: String) -> String {
        for index in path.utf8.indices.reversed() {
            if path.utf8[index] == slash { break }
            if path.utf8[index] == UInt8(ascii: ".") { return String(path[index...]) }
        }
        return ""
    }

    /// The elements between the slashes, empty ones left out.
    public static func components(_ path: String) -> [String] {
        path.utf8.split(separator: slash).map { String(Substring($0)) }
    }

    /// The path from the root, cleaned; a relative one is taken from the working directory.
    /// - Parameter path: Any path.
    /// - Returns: An absolute, clean path.
    /// - Throws: When the working directory cannot be found.
    public static func absolute(_ path: String) throws(POSIXError) -> String {
        isAbsolute(path) ? clean(path) : join(try workingDirectory(), path)
    }

    /// The process's working directory.
    /// - Throws: When it has been removed or cannot be read.
    public static func workingDirectory() throws(POSIXError) -> String {
        guard let buffer = getcwd(nil, 0) else { throw POSIXError(.current, "getwd") }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// Whether a path is the directory or lies below it, both taken lexically.
    public static func isBelow(_ path: String, _ directory: String) -> Bool {
        let outer = clean(directory)
        let inner = clean(path)
        return inner == outer || inner.utf8.starts(with: outer == "/" ? "/".utf8 : (outer + "/").utf8)
    }

    private static let slash = UInt8(ascii: "/")

    private static func isDot(_ part: Substring.UTF8View) -> Bool {
        part.elementsEqual(".".utf8)
    }

    private static func isDotDot(_ part: Substring.UTF8View) -> Bool {
        part.elementsEqual("..".utf8)
    }
}
