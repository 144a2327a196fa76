import CPOSIX
import Glibc

/// The environment variables that this process was started with.
public enum ProcessEnvironment {
    /// All `NAME=value` entries in their order.
    public static var entries: [String] {
        var entries: [String] = []
        guard var next = cposix_environ() else { return [] }
        while let entry = next.pointee {
            entries.append(String(cString: entry))
            next += 1
        }
        return entries
    }

    /// All variables by name; of several with one name, the first counts, as it does for `getenv`.
    public static var current: [String: String] {
        Dictionary(entries.compactMap(split)) { first, _ in first }
    }

    /// The value of a variable, or nil if it is not set.
    public static subscript(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Sets a variable in this process; to be called before there are threads.
    /// - Parameters:
    ///   - name: The variable.
    ///   - value: Its value, or nil to remove it.
    public static func set(_ name: String, _ value: String?) {
        if let value { setenv(name, value, 1) } else { unsetenv(name) }
    }

    /// Takes an entry apart at its first equals sign; nil without a name.
    private static func split(_ entry: String) -> (name: String, value: String)? {
        guard let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")), equals != entry.startIndex else { return nil }
        return (String(entry[..<equals]), String(entry[entry.utf8.index(after: equals)...]))
    }
}
