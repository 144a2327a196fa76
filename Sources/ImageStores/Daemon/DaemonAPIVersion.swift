/// A version of the daemon's API, such as 1.41.
struct DaemonAPIVersion: Comparable, Sendable, CustomStringConvertible {
    /// The newest version that this client was written for.
    static let newest = DaemonAPIVersion(major: 1, minor: 51)
    /// The version to use with daemons that don't name theirs.
    static let fallback = DaemonAPIVersion(major: 1, minor: 24)
    /// The first version in which requests can choose the platform of an image.
    static let platformAware = DaemonAPIVersion(major: 1, minor: 49)

    let major: Int
    let minor: Int

    init(major: Int, minor: Int) { (self.major, self.minor) = (major, minor) }

    /// Parses a version, `nil` for any other text.
    init?(_ text: String) {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1], major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}
