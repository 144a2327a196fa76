/// What was changed in a build's tree, and who may do so.
struct Changes {
    private let paths: [String]

    /// - Parameter paths: Relative to the tree's root, in order.
    init(_ paths: [String]) {
        self.paths = paths.map { "/\($0)" }
    }

    private static func isBelow(_ path: String, _ directories: [String]) -> Bool {
        directories.contains { path == $0 || path.hasPrefix("\($0)/") }
    }

    /// What the sandbox itself makes.
    private static let system = ["/dev", "/proc"]
    private static let temporary = ["/tmp", "/var/tmp", "/home/cnb"]

    func judgeDetect(_ findings: inout Findings) {
        for path in paths where !Self.isBelow(path, Self.system + Self.temporary + ["/judge"]) {
            if Self.isBelow(path, ["/workspace"]) {
                findings.add(.detectWritesApp, path, "bin/detect changes the app")
            } else {
                findings.add(.writeOutside, path, "bin/detect writes where it may not")
            }
        }
    }

    /// Judges what the builder's run has changed.
    /// - Parameters:
    ///   - buildpacks: The buildpacks that have built.
    ///   - isComplete: Whether they have come to their end.
    ///   - findings: Takes what is wrong.
    func judgeBuild(_ buildpacks: [Descriptor], isComplete: Bool, _ findings: inout Findings) {
        let layers = buildpacks.map { "/layers/\($0.directoryName)" } + BuildTree.standIns.map { "/layers/\($0)" }
        // The lifecycle's own; /layers/sbom has copies of the buildpack's files.
        let lifecycles = ["/layers/config", "/layers/sbom", "/layers/group.toml", "/layers/plan.toml"]
        var app: [String] = []
        var leftovers: [String] = []
        for path in paths where !Self.isBelow(path, Self.system + layers + lifecycles) {
            if Self.isBelow(path, ["/workspace"]) {
                app.append(path)
            } else if Self.isBelow(path, Self.temporary) {
                leftovers.append(path)
            } else {
                findings.add(.writeOutside, path, "bin/build writes where it may not")
            }
        }
        guard isComplete else { return }
        if !app.isEmpty { findings.add(.appChanged, "/workspace", "bin/build changes \(Self.summary(app))") }
        if !leftovers.isEmpty {
            findings.add(
                .leftovers,
                Self.temporary.joined(separator: ", "),
                "bin/build leaves \(Self.summary(leftovers))"
            )
        }
    }

    private static func summary(_ paths: [String]) -> String {
        let rest = paths.count - 3
        return paths.prefix(3).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
