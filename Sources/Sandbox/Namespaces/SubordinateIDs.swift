import POSIX

/// Users and groups that the machine's administrator has given to an ordinary user for containers, and the programs that
/// may put them into a user namespace.
///
/// With them a sandbox has more users than one, as installing packages takes: root, who is the calling user outside, and
/// the ids from 1 on.
public struct SubordinateIDs: Hashable, Sendable {
    /// Ids in a row.
    public struct Row: Hashable, Sendable {
        /// The first, outside.
        public var first: UInt32
        /// How many.
        public var count: UInt32

        /// Names ids in a row.
        public init(first: UInt32, count: UInt32) {
            (self.first, self.count) = (first, count)
        }
    }

    /// The users, which are 1 and so on inside.
    public var users: Row
    /// The groups, which are 1 and so on inside.
    public var groups: Row
    /// The paths of `newuidmap` and `newgidmap`.
    var programs: [String]

    init(users: Row, groups: Row, programs: [String]) {
        (self.users, self.groups, self.programs) = (users, groups, programs)
    }

    /// Where the two programs may be.
    private static let directories = ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/run/wrappers/bin"]

    /// Finds those of the calling user.
    /// - Throws: What is missing.
    public init() throws(Obstacle) {
        let uid = Users.effectiveUserID
        let accounts = (try? FileSystem.readText("/etc/passwd")) ?? ""
        guard let users = Self.row(in: Self.text("/etc/subuid"), of: uid, accounts),
            let groups = Self.row(in: Self.text("/etc/subgid"), of: uid, accounts)
        else {
            throw .noSubordinateIDs(user: Self.name(of: uid, accounts) ?? "\(uid)")
        }
        var programs: [String] = []
        for name in ["newuidmap", "newgidmap"] {
            let paths = Self.directories.map { Path.join($0, name) }
            guard let path = paths.first(where: { FileSystem.isExecutable($0) }) else { throw .noMapper(program: name) }
            programs.append(path)
        }
        self.init(users: users, groups: groups, programs: programs)
    }

    private static func text(_ path: String) -> String { (try? FileSystem.readText(path)) ?? "" }

    private static func name(of uid: UInt32, _ accounts: String) -> String? {
        for line in accounts.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, UInt32(fields[2]) == uid { return String(fields[0]) }
        }
        return nil
    }

    /// The largest row that a file such as `/etc/subuid` gives to a user, by name or by number.
    ///
    /// By hand: what libc has for accounts is not in static programs.
    static func row(in text: String, of uid: UInt32, _ accounts: String) -> Row? {
        let names = [name(of: uid, accounts), "\(uid)"]
        var rows: [Row] = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, names.contains(String(fields[0])) else { continue }
            guard let first = UInt32(fields[1]), let count = UInt32(fields[2]) else { continue }
            if count > 0, count < UInt32.max - first { rows.append(Row(first: first, count: count)) }
        }
        return rows.max { $0.count < $1.count }
    }
}
