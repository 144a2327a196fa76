import POSIX

/// What this machine has that some tests need, for use with `.enabled(if:)`.
public enum Conditions {
    /// Whether the tests run as root.
    public static var isRoot: Bool { Users.isRoot }

    /// Whether a program is in one of the directories of `PATH`.
    public static func commandExists(_ name: String) -> Bool {
        commandPath(name) != nil
    }

    /// Where a program is, looking through the directories of `PATH` and those for administrators.
    public static func commandPath(_ name: String) -> String? {
        let directories = (ProcessEnvironment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (directories + ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .map { Path.join($0, name) }
            .first { FileSystem.isRegularFile($0) && FileSystem.isExecutable($0) }
    }
}

/// The files that the tests belong to.
public enum Repository {
    /// The directory with `Package.swift`.
    ///
    /// Found from this source file, so it works wherever the tests are started.
    public static let root: String = {
        var directory = Path.directory(#filePath)
        while directory != "/", !FileSystem.exists(Path.join(directory, "Package.swift")) {
            directory = Path.directory(directory)
        }
        return directory
    }()
}
