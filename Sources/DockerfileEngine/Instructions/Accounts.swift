import POSIX

/// Users and groups of a root, by its `/etc/passwd` and `/etc/group`.
struct Accounts {
    /// A user as commands run.
    struct Identity: Hashable {
        var uid: UInt32
        var gid: UInt32
        /// Further groups.
        var groups: [UInt32]
        /// Where the user is at home; `/` where nobody says.
        var home: String
    }

    private struct User {
        var name: Substring
        var uid: UInt32
        var gid: UInt32
        var home: Substring
    }

    private struct Group {
        var name: Substring
        var gid: UInt32
        var members: [Substring]
    }

    private let users: [User]
    private let groups: [Group]

    /// Reads what there is; a root without these files has no names.
    ///
    /// - Parameter root: The directory that stands for `/`.
    init(root: String) {
        users = Self.lines(Path.join(root, "etc/passwd")).compactMap { fields in
            guard fields.count >= 6, let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { return nil }
            return User(name: fields[0], uid: uid, gid: gid, home: fields[5])
        }
        groups = Self.lines(Path.join(root, "etc/group")).compactMap { fields in
            guard fields.count >= 4, let gid = UInt32(fields[2]) else { return nil }
            return Group(name: fields[0], gid: gid, members: fields[3].split(separator: ","))
        }
    }

    private static func lines(_ path: String) -> [[Substring]] {
        let text = (try? FileSystem.readText(path)) ?? ""
        return text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
    }

    /// Who a `USER` is: a name or number, with a group after a colon or not; empty for root.
    ///
    /// - Parameter text: The value of the config's `User`.
    /// - Returns: The user, with all their groups unless one is named.
    /// - Throws: For a name that nobody has.
    func identity(_ text: String) throws(InstructionFailure) -> Identity {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let userText = parts.first.flatMap { $0.isEmpty ? nil : $0 } ?? "0"
        let user =
            users.first { $0.name == userText }
            ?? UInt32(userText).flatMap { uid in
                users.first { $0.uid == uid } ?? User(name: "", uid: uid, gid: 0, home: "")
            }
        guard let user else { throw InstructionFailure("there is no user '\(userText)' in /etc/passwd") }
        let home = user.home.isEmpty ? "/" : String(user.home)
        if parts.count == 2, !parts[1].isEmpty {
            return Identity(uid: user.uid, gid: try group(parts[1]), groups: [], home: home)
        }
        let further = groups.filter { $0.members.contains(user.name) && $0.gid != user.gid }.map(\.gid)
        return Identity(uid: user.uid, gid: user.gid, groups: further, home: home)
    }

    /// Who files belong to by `--chown`: without a group, the group with the user's number.
    ///
    /// - Parameter text: The flag's value.
    /// - Returns: The owner.
    /// - Throws: For a name that nobody has.
    func owner(_ text: String) throws(InstructionFailure) -> (uid: UInt32, gid: UInt32) {
        let identity = try identity(text)
        return (identity.uid, text.contains(":") ? identity.gid : identity.uid)
    }

    private func group(_ text: Substring) throws(InstructionFailure) -> UInt32 {
        if let group = groups.first(where: { $0.name == text }) { return group.gid }
        guard let gid = UInt32(text) else { throw InstructionFailure("there is no group '\(text)' in /etc/group") }
        return gid
    }
}
