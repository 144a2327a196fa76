import POSIX

/// What Debian's package manager knows of this machine: packages, what they need, and their files.
struct DebianPackages {
    private struct Package {
        var version = ""
        var depends: [String] = []
    }

    private static let directory = "/var/lib/dpkg"
    /// What is for machines that install packages themselves.
    private static let unneeded: Set<String> = ["debconf", "dpkg", "perl-base", "tar"]

    private var packages: [String: Package] = [:]

    /// Reads the list of installed packages.
    ///
    /// - Returns: nil on a machine of another distribution.
    init?() {
        guard let text = try? FileSystem.readText(Path.join(Self.directory, "status")) else { return nil }
        var name = ""
        var package = Package()
        var isInstalled = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                if isInstalled { packages[name] = package }
                (name, package, isInstalled) = ("", Package(), false)
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon] {
            case "Package": name = String(value)
            case "Version": package.version = String(value)
            case "Status": isInstalled = value.hasSuffix(" installed")
            case "Depends", "Pre-Depends": package.depends += Self.names(value)
            default: break
            }
        }
        if isInstalled { packages[name] = package }
    }

    /// The first alternative of each dependency, without version and architecture.
    private static func names(_ list: Substring) -> [String] {
        list.split(separator: ",").map { entry in
            String(entry.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || "+-.".contains($0) })
        }
    }

    /// The installed ones of some packages, and of all that they need.
    ///
    /// - Parameter names: Names of packages.
    /// - Returns: Names with versions, in bytewise order.
    func closure(of names: [String]) -> [(name: String, version: String)] {
        var found: Set<String> = []
        var left = names
        while let name = left.popLast() {
            guard let package = packages[name], !Self.unneeded.contains(name), found.insert(name).inserted else {
                continue
            }
            left += package.depends
        }
        return found.sorted().map { ($0, packages[$0]?.version ?? "") }
    }

    /// The absolute paths of a package's files and directories, but for documentation.
    func files(of name: String) -> [String] {
        let lists = [name, "\(name):\(Self.architecture)"]
            .map { Path.join(Self.directory, "info/\($0).list") }
        guard let text = lists.lazy.compactMap({ try? FileSystem.readText($0) }).first else { return [] }
        let left = ["doc", "man", "locale", "lintian", "bash-completion"].map { "/usr/share/\($0)/" }
        return text.split(separator: "\n").map(String.init).filter { path in
            path.hasPrefix("/") && path != "/." && !left.contains { "\(path)/".hasPrefix($0) }
        }
    }

    private static var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "amd64"
        #endif
    }
}
