import CPOSIX
public import POSIX

/// The mounts that this process sees, and how to change them.
public enum MountTable {
    /// Mounts an empty file system in memory over a directory.
    /// - Parameters:
    ///   - target: The directory, whose contents are hidden from now on.
    ///   - mode: The permissions of the new directory.
    ///   - megabytes: How much may be written; nil for half of the machine's memory.
    /// - Throws: Without the privilege.
    public static func mountMemory(
        at target: String,
        mode: UInt32 = 0o700,
        megabytes: Int?
    ) throws(POSIXError) {
        var options = "mode=\(String(mode, radix: 8))"
        if let megabytes { options += ",size=\(megabytes)m" }
        try systemCall("mount", target) { cposix_mount_memory(target, options) }
    }

    /// Makes a directory or file appear at a second place, with what is mounted below it.
    static func bind(_ source: String, to target: String) throws(POSIXError) {
        try systemCall("mount", source, to: target) { cposix_bind(source, target) }
    }

    /// Properties that mounts get in addition to those that they have.
    struct Properties: OptionSet {
        var rawValue: Int32

        static let readOnly = Properties(rawValue: CPOSIX_MOUNT_READ_ONLY)
        static let noSetuid = Properties(rawValue: CPOSIX_MOUNT_NO_SETUID)
        static let noDevices = Properties(rawValue: CPOSIX_MOUNT_NO_DEVICES)
    }

    /// Adds properties to a mount and all below it.
    static func restrict(_ target: String, _ properties: Properties) throws(POSIXError) {
        do {
            try systemCall("mount_setattr", target) { cposix_restrict_mounts(target, UInt64(properties.rawValue)) }
        } catch  where [.noSuchCall, .notPermitted].contains(error.errno) {
            // Before Linux 5.12, and where a filter doesn't know the call.
            for mount in try mounts(in: target) { try restrictOne(mount, properties) }
        }
    }

    /// Adds properties to one mount.
    static func restrictOne(_ target: String, _ properties: Properties) throws(POSIXError) {
        try systemCall("mount", target) { cposix_restrict_mount(target, UInt64(properties.rawValue)) }
    }

    /// A mount point and those below it, as the kernel lists them.
    private static func mounts(in target: String) throws(POSIXError) -> [String] {
        let lines = try FileSystem.readText("/proc/self/mountinfo").split(separator: "\n")
        let points = lines.compactMap { line in
            let fields = line.split(separator: " ")
            return fields.count > 4 ? unescaped(fields[4]) : nil
        }
        return points.filter { $0 == target || $0.hasPrefix(target + "/") }
    }

    /// The kernel writes spaces and the like as a backslash and three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = field.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, let value = UInt8(String(digits) ?? "", radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
