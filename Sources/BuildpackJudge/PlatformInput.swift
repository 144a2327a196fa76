import POSIX

/// What a platform gives to buildpacks of its user's: variables, and bindings to services.
struct PlatformInput {
    /// Variables, as `NAME=VALUE`.
    var variables: [(name: String, value: String)] = []
    /// Bindings: their type, and the directory with a file for each entry.
    var bindings: [(type: String, directory: String)] = []

    /// Takes a variable in.
    /// - Parameter text: `NAME=VALUE`.
    /// - Returns: Why it can't be one; nil when it is.
    mutating func addVariable(_ text: String) -> String? {
        guard let (name, value) = Self.split(text), !name.contains("/"), name != ".", name != ".." else {
            return "--env \(text): expected NAME=VALUE"
        }
        variables.append((name, value))
        return nil
    }

    /// Takes a binding in.
    /// - Parameter text: `TYPE=DIR`.
    /// - Returns: Why it can't be one; nil when it is.
    mutating func addBinding(_ text: String) -> String? {
        guard let (type, path) = Self.split(text), !path.isEmpty else {
            return "--binding \(text): expected TYPE=DIR"
        }
        guard FileSystem.isDirectory(path), let directory = try? Path.absolute(path) else {
            return "--binding \(text): there is no directory \(path)"
        }
        bindings.append((type, directory))
        return nil
    }

    private static func split(_ text: String) -> (String, String)? {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else { return nil }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }

    /// Writes the platform directory, as the specifications of the platform and of service bindings have it.
    /// - Parameter platformDir: A directory that is there.
    /// - Throws: When files can't be written or copied.
    func write(to platformDir: String) throws(POSIXError) {
        try FileSystem.makeDirectories(Path.join(platformDir, "env"))
        for (name, value) in variables { try FileSystem.writeFile(Path.join(platformDir, "env", name), value) }
        for (index, binding) in bindings.enumerated() {
            // The type may have any characters, a number has not.
            let directory = Path.join(platformDir, "bindings", "binding-\(index + 1)")
            try FileSystem.makeDirectories(Path.join(platformDir, "bindings"))
            try FileSystem.copyTree(binding.directory, to: directory)
            try FileSystem.writeFile(Path.join(directory, "type"), binding.type)
        }
    }
}
