/// A version of the Platform API, such as `0.15`.
struct APIVersion: Hashable, Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int

    /// The versions that fixtures may hold for.
    static let known = (7...15).map { APIVersion(major: 0, minor: $0) }

    init(major: Int, minor: Int) {
        (self.major, self.minor) = (major, minor)
    }

    /// Reads `<major>.<minor>`; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        (self.major, self.minor) = (major, minor)
    }

    static func < (left: APIVersion, right: APIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    var description: String { "\(major).\(minor)" }
}

/// Versions from one to another: `0.7-0.15`, `0.12-`, `-0.11` or `0.12`.
struct APIRange: Equatable {
    var first: APIVersion?
    var last: APIVersion?

    static let all = APIRange(first: nil, last: nil)

    init(first: APIVersion?, last: APIVersion?) {
        (self.first, self.last) = (first, last)
    }

    /// Reads a range; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let versions = parts.map(APIVersion.init)
        guard zip(parts, versions).allSatisfy({ $0.isEmpty || $1 != nil }), versions.contains(where: { $0 != nil })
        else {
            return nil
        }
        switch versions.count {
        case 1: self.init(first: versions[0], last: versions[0])
        case 2: self.init(first: versions[0], last: versions[1])
        default: return nil
        }
        if let first, let last, last < first { return nil }
    }

    func contains(_ version: APIVersion) -> Bool {
        first.map { $0 <= version } ?? true && last.map { version <= $0 } ?? true
    }
}
