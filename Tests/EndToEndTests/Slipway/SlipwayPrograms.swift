import Glibc
import POSIX
import TestSupport

/// An installation of `slipway` as a package would make it, which every user may read.
enum SlipwayPrograms {
    /// `slipway`, where `scripts/build` has put it.
    private static let program: String? = {
        let named = ProcessEnvironment["SLIPWAY_TOOLS"] ?? "\(Repository.root)/out/tools"
        return FileSystem.isExecutable("\(named)/slipway") ? "\(named)/slipway" : nil
    }()

    /// Whether builds can be run here.
    static let canBuild =
        program != nil && ReleaseBinaries.directory != nil && Conditions.commandExists("python3")
        && ["busybox", "bash-static", "skopeo", "umoci", "curl"].allSatisfy(Conditions.commandExists)
    /// What a skipped test says.
    static let comment =
        "needs release binaries (scripts/build out/bin out/tools) and the packages of `scripts/setup test`"

    /// They are there once for all tests of a process.
    private static let shared = Lock<TemporaryDirectory?>(nil)

    /// The installed program.
    static func path() throws -> String { try installation().path("bin/slipway") }

    /// The directory with `bin`, `libexec` and `share`.
    private static func installation() throws -> TemporaryDirectory {
        try shared.withLock { shared in
            if let shared { return shared }
            let directory = try TemporaryDirectory()
            try FileSystem.chmod(directory.path, 0o755)
            let binaries = ReleaseBinaries.directory ?? ""
            for name in ["bin", "libexec", "share/slipway"] { try directory.makeDirectory(name) }
            for (source, target) in [
                (program ?? "", "bin/slipway"), (binaries, "libexec/slipway"),
                ("\(Repository.root)/buildpacks", "share/slipway/buildpacks"),
            ] {
                let copied = try runCommand(["cp", "-r", source, directory.path(target)])
                guard copied.status == .exited(0) else { throw POSIXError(.inputOutput, "cp", copied.errors) }
            }
            shared = directory
            // Globals are never released.
            atexit { SlipwayPrograms.shared.withLock { $0 = nil } }
            return directory
        }
    }
}

/// Whoever runs `slipway` in a test.
enum SlipwayUser: String, CaseIterable, Sendable {
    /// The user that the tests run as.
    case current
    /// Somebody with no rights at all; only where root runs the tests.
    case ordinary

    /// Those who can be had here.
    static let all = Conditions.isRoot && Conditions.commandExists("setpriv") ? allCases : [.current]
    /// An ordinary user: another one where the tests run as root.
    static let plain = all[all.count - 1]

    private static let id: UInt32 = 1234

    /// What goes before a command.
    var prefix: [String] {
        self == .current ? [] : ["setpriv", "--reuid", "\(Self.id)", "--regid", "\(Self.id)", "--clear-groups"]
    }

    /// Gives the user a file or directory.
    func give(_ path: String) throws {
        if self == .ordinary { try FileSystem.chown(path, uid: Self.id, gid: Self.id) }
    }
}
