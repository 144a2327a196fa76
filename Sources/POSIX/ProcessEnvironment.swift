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

    /// All variables with a name, in their order; of several with one name, the first.
    public static var variables: [(name: String, value: String)] {
        var seen: Set<String> = []
        return entries.compactMap { entry in
            guard let (name, value) = split(entry), seen.insert(name).inserted else { return nil }
            return (name, value)
        }
    }

    /// All variables by name.
    public static var current: [String: String] {
        Dictionary(variables.map { ($0.name, $0.value) }) { first, _ in first }
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

    /// Takes an entry apart at its first equals sign.
    /// - Parameter entry: `NAME=value`.
    /// - Returns: Name and value, or nil without a name.
    public static func split(_ entry: String) -> (name: String, value: String)? {
        guard let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")), equals != entry.startIndex else { return nil }
        return (String(entry[..<equals]), String(entry[entry.utf8.index(after: equals)...]))
    }
}
