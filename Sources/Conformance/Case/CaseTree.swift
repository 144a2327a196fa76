import POSIX

/// The file tree of a case, seen from outside: symbolic links lead to places within the tree.
struct CaseTree {
    /// The directory that is `/` for the case.
    let root: String
    let mode: SandboxMode

    /// The largest file that is read.
    private static let largest: Int64 = 64 << 20

    /// Where a path of the case is on this machine; what is missing is appended as it is.
    /// - Parameters:
    ///   - path: An absolute path of the case.
    ///   - followsLast: Whether a symbolic link at the path's end is followed.
    /// - Returns: A path of this machine without symbolic links below the root; nil for a circle of links.
    func location(_ path: String, followsLast: Bool = true) -> String? {
        var pending = Array(Path.components(path).reversed())
        var done: [String] = []
        var links = 0
        while let name = pending.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = done.popLast()
                continue
            }
            let place = ([root] + done + [name]).joined(separator: "/")
            let isLast = pending.isEmpty
            guard !isLast || followsLast, let target = try? FileSystem.readLink(place) else {
                done.append(name)
                continue
            }
            links += 1
            guard links <= 40 else { return nil }
            if Path.isAbsolute(target) { done = [] }
            pending += Path.components(target).reversed()
        }
        return ([root] + done).joined(separator: "/")
    }

    /// What a path names; nil if there is nothing.
    func status(_ path: String, followsLast: Bool = false) -> FileStatus? {
        location(path, followsLast: followsLast).flatMap { try? FileSystem.linkStatus($0) }
    }

    /// The target of a symbolic link; nil if the path names none.
    func linkTarget(_ path: String) -> String? {
        location(path, followsLast: false).flatMap { try? FileSystem.readLink($0) }
    }

    /// The contents of a file; never waits, whatever the path leads to.
    /// - Throws: When there is no ordinary file, or it is too large.
    func read(_ path: String) throws(CaseError) -> [UInt8] {
        guard let place = location(path), let status = try? FileSystem.linkStatus(place) else {
            throw .missing(path)
        }
        guard status.isRegular else { throw .noFile(path) }
        guard status.size <= Self.largest else { throw .tooLarge(path) }
        do {
            return try FileSystem.readFile(place)
        } catch {
            throw .system(error)
        }
    }

    /// The names in a directory.
    /// - Throws: When there is no directory.
    func list(_ path: String) throws(CaseError) -> [String] {
        guard let place = location(path) else { throw .missing(path) }
        do {
            return try FileSystem.list(place).map(\.name)
        } catch {
            throw error.errno == .noSuchFile ? .missing(path) : .system(error)
        }
    }

    /// The paths that a pattern matches, where `*` stands for any text within a name.
    func paths(matching pattern: String) -> [String] {
        var found = [""]
        for component in Path.components(pattern) {
            found = found.flatMap { directory -> [String] in
                guard component.contains("*") else { return [directory + "/" + component] }
                let names = (try? list(directory.isEmpty ? "/" : directory)) ?? []
                let glob = Glob(component)
                return names.filter(glob.matches).map { directory + "/" + $0 }
            }
        }
        return found.filter { status($0) != nil }
    }
}

/// Why a case can't be prepared or looked at.
enum CaseError: Error, CustomStringConvertible {
    case missing(String)
    case noFile(String)
    case tooLarge(String)
    case system(POSIXError)
    case text(TextError)
    case other(String)

    var description: String {
        switch self {
        case .missing(let path): "\(path): there is nothing"
        case .noFile(let path): "\(path): no ordinary file"
        case .tooLarge(let path): "\(path): too large to be looked at"
        case .system(let error): error.description
        case .text(let error): error.description
        case .other(let reason): reason
        }
    }
}

/// A pattern in which `*` stands for any text, slashes included.
struct Glob {
    private let pattern: TextPattern

    init(_ text: String) {
        let parts = text.split(separator: "*", omittingEmptySubsequences: false)
        let literals = parts.map { TextPattern.Piece.literal(Array($0.utf8)) }
        pattern = TextPattern(source: text, pieces: Array(literals.map { [$0] }.joined(separator: [.wildcard(.any)])))
    }

    func matches(_ text: String) -> Bool {
        pattern.matches(text)
    }
}
