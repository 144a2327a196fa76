/// A version with an order, as <https://semver.org> defines it; the part after `+` doesn't count.
///
/// Read leniently, as registries hold what authors wrote: one to three numbers, with or without a `v`.
public struct SemanticVersion: Hashable, Sendable {
    /// Major, minor and patch number, without leading zeros, compared by length and then by digits.
    private let numbers: [String]
    /// What follows `-`, at its points; empty for a release.
    private let prerelease: [String]

    /// Reads a version; nil if it has no such form.
    ///
    /// - Parameter text: A version such as `1.2.3`, `v1.2`, `1.0.0-rc.1` or `1.0.0+build.5`.
    public init?(_ text: String) {
        var rest = text.hasPrefix("v") ? text.dropFirst() : text[...]
        if let plus = rest.firstIndex(of: "+") {
            guard Self.identifiers(rest[rest.index(after: plus)...]) != nil else { return nil }
            rest = rest[..<plus]
        }
        var prerelease: [String] = []
        if let hyphen = rest.firstIndex(of: "-") {
            guard let found = Self.identifiers(rest[rest.index(after: hyphen)...]) else { return nil }
            prerelease = found
            rest = rest[..<hyphen]
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), parts.allSatisfy(Self.isNumber) else { return nil }
        self.prerelease = prerelease
        numbers = parts.map(String.init) + Array(repeating: "0", count: 3 - parts.count)
    }

    /// Reads a version with all three numbers and without a `v`; nil if it has no such form.
    init?(strict text: String) {
        guard !text.hasPrefix("v"), text.prefix(while: { $0 != "-" && $0 != "+" }).split(separator: ".").count == 3
        else {
            return nil
        }
        self.init(text)
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0"))
    }

    private static func identifiers(_ text: Substring) -> [String]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let areGood = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
        return areGood ? parts.map(String.init) : nil
    }

    /// Whether the version is not yet a release, as `1.0.0-rc.1`.
    public var isPrerelease: Bool { !prerelease.isEmpty }
}

extension SemanticVersion: Comparable {
    /// Orders by major, minor and patch number; a release comes after what led to it.
    public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        for (one, other) in zip(left.numbers, right.numbers) where one != other {
            return isLess(number: one, other)
        }
        guard left.isPrerelease, right.isPrerelease else { return left.isPrerelease && !right.isPrerelease }
        for (one, other) in zip(left.prerelease, right.prerelease) where one != other {
            switch (isNumber(one[...]), isNumber(other[...])) {
            case (true, true): return isLess(number: one, other)
            case (true, false): return true
            case (false, true): return false
            case (false, false): return one.utf8.lexicographicallyPrecedes(other.utf8)
            }
        }
        return left.prerelease.count < right.prerelease.count
    }

    private static func isLess(number left: String, _ right: String) -> Bool {
        left.utf8.count != right.utf8.count
            ? left.utf8.count < right.utf8.count : left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
