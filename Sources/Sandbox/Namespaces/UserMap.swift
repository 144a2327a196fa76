import POSIX

/// Who is who in the user namespace of this process.
enum UserMap {
    /// Whether this process is in the machine's own user namespace.
    static var isInitial: Bool {
        guard let text = try? FileSystem.readText("/proc/self/uid_map") else { return true }
        return text.split(whereSeparator: { $0 == " " || $0 == "\n" }) == ["0", "0", "4294967295"]
    }

    /// Whether a user and group exist here.
    static func has(_ owner: Owner) -> Bool {
        contains(owner.uid, "/proc/self/uid_map") && contains(owner.gid, "/proc/self/gid_map")
    }

    private static func contains(_ id: UInt32, _ file: String) -> Bool {
        guard let text = try? FileSystem.readText(file) else { return true }
        return text.split(separator: "\n").contains { line in
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            return numbers.count == 3 && UInt64(id) >= numbers[0] && UInt64(id) - numbers[0] < numbers[2]
        }
    }
}
