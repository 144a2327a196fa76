/// A user and a group by their numbers.
public struct Owner: Hashable, Sendable {
    /// The user.
    public var uid: UInt32
    /// The group.
    public var gid: UInt32

    /// Names a user and a group.
    public init(uid: UInt32, gid: UInt32) {
        (self.uid, self.gid) = (uid, gid)
    }

    /// Reads `<uid>:<gid>`.
    /// - Parameter text: The text; anything else gives nil.
    public init?(_ text: String) {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard numbers.count == 2, let uid = numbers[0], let gid = numbers[1] else { return nil }
        (self.uid, self.gid) = (uid, gid)
    }

    /// The superuser.
    public static let root = Owner(uid: 0, gid: 0)
    /// The user that builds run as in the trees of both judges.
    public static let builder = Owner(uid: 1000, gid: 1000)
}

extension Owner: CustomStringConvertible {
    /// For instance `1000:1000`.
    public var description: String { "\(uid):\(gid)" }
}
