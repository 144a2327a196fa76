import POSIX

/// What comes with this program: the lifecycle and our own buildpacks.
public struct Installation: Sendable {
    /// The directory that builds see as `/cnb/lifecycle`; absolute.
    public let lifecycleDir: String
    /// The directory with our buildpacks, one in each of its directories; nil where there are none.
    public let buildpacksDir: String?

    /// Looks for the parts: the lifecycle beside this program, then in `../libexec/slipway`; the buildpacks in
    /// `buildpacks` beside it, then in `../share/slipway/buildpacks`.
    ///
    /// - Parameters:
    ///   - lifecycleDir: Where to look for the lifecycle instead; nil for `SLIPWAY_LIFECYCLE`, or else the usual places.
    ///   - environment: All variables by name.
    /// - Throws: `BuildError` when there is no lifecycle.
    public init(lifecycleDir: String?, environment: [String: String]) throws(BuildError) {
        let program = Path.directory((try? FileSystem.realPath("/proc/self/exe")) ?? "/usr/bin/slipway")
        let named = lifecycleDir ?? environment["SLIPWAY_LIFECYCLE"].flatMap { $0.isEmpty ? nil : $0 }
        let places = named.map { [$0] } ?? [program, Path.join(program, "../libexec/slipway")]
        guard let found = places.lazy.compactMap(Self.lifecycle).first else {
            throw BuildError(
                .usage,
                "found no lifecycle: looked for programs 'lifecycle' and 'launcher' in "
                    + places.joined(separator: ", "),
                help: "name their directory with --lifecycle or SLIPWAY_LIFECYCLE"
            )
        }
        self.lifecycleDir = found
        let buildpacks = [
            environment["SLIPWAY_BUILDPACKS"] ?? "", Path.join(program, "buildpacks"),
            Path.join(program, "../share/slipway/buildpacks"),
        ]
        buildpacksDir = buildpacks.first { !$0.isEmpty && FileSystem.isDirectory($0) }
            .flatMap { try? FileSystem.realPath($0) }
    }

    /// The real directory of a lifecycle that may be linked here.
    private static func lifecycle(in directory: String) -> String? {
        let program = Path.join(directory, "lifecycle")
        guard FileSystem.isRegularFile(program), let real = try? FileSystem.realPath(program) else { return nil }
        let place = Path.directory(real)
        return FileSystem.isRegularFile(Path.join(place, "launcher")) ? place : nil
    }
}
