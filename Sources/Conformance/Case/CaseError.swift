import POSIX
import Sandbox

/// Why a case can't be prepared or looked at.
enum CaseError: Error, CustomStringConvertible {
    case tree(RootTreeError)
    case system(POSIXError)
    case text(TextError)
    case other(String)

    var description: String {
        switch self {
        case .tree(let error): error.description
        case .system(let error): error.description
        case .text(let error): error.description
        case .other(let reason): reason
        }
    }
}

extension RootTree {
    /// The contents of a file.
    /// - Throws: When there is no ordinary file, or it is too large.
    func contents(of path: String) throws(CaseError) -> [UInt8] {
        do {
            return try read(path)
        } catch {
            throw .tree(error)
        }
    }

    /// The names in a directory.
    /// - Throws: When there is no directory.
    func names(in path: String) throws(CaseError) -> [String] {
        do {
            return try list(path)
        } catch {
            throw .tree(error)
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
