import POSIX
import Sandbox
import TestSupport
import Testing

/// The programs of these tests, and what this machine allows.
enum SandboxFixture {
    static let helperPath = BuiltProgram.path("sandbox-hosted") ?? ""
    static let filterPath = BuiltProgram.path("namespace-filter") ?? ""
    static let builder = Owner(uid: 1000, gid: 1000)

    /// The namespaces that work here.
    static let isolations: [Isolation] = [.rootNamespaces, .userNamespaces].filter { isolation in
        (try? IsolationProbe(for: builder, helperPath: helperPath).obstacle(to: isolation)) == .some(nil)
    }

    static let comment: Comment = "this machine allows neither root's nor users' namespaces"

    /// A shell script in this machine's own tree, which it can't change.
    static func script(_ text: String, mounts: [Mount] = []) -> SandboxedProgram {
        SandboxedProgram(
            path: "/bin/sh",
            arguments: ["-c", text],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            owner: builder,
            root: .directory("/", isReadOnly: true),
            mounts: Mount.system + mounts
        )
    }

    /// What a program of this machine needs in a root of its own.
    static var programs: [Mount] {
        var mounts: [Mount] = []
        for name in ((try? FileSystem.list("/")) ?? []).map(\.name)
        where ["bin", "sbin", "usr"].contains(name) || name.hasPrefix("lib") {
            if let target = try? FileSystem.readLink("/\(name)") {
                mounts.append(Mount(.link(target: target), at: "/\(name)"))
            } else {
                mounts.append(.bind("/\(name)"))
            }
        }
        return mounts + Mount.system
    }

    /// Runs a program to its end.
    static func run(_ program: SandboxedProgram, _ isolation: Isolation) throws -> CommandResult {
        let runner = SandboxRunner(isolation, helperPath: helperPath)
        let result = try runner.capture(program, limits: Subprocess.Limits(milliseconds: 30_000, outputBytes: 1 << 20))
        #expect(!result.hasTimedOut)
        return CommandResult(
            status: result.capture.status,
            output: String(decoding: result.capture.output, as: UTF8.self),
            errors: String(decoding: result.capture.errors, as: UTF8.self)
        )
    }

    /// A command as an ordinary user.
    static func asUser(_ command: [String]) -> [String] {
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] + command
    }

    /// A directory that others can enter.
    static func openDirectory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try FileSystem.chmod(directory.path, 0o755)
        return directory
    }

    /// A directory that the build's user may write to, as the machine sees it.
    static func writableDirectory(_ name: String, in directory: TemporaryDirectory) throws -> String {
        let path = try directory.makeDirectory(name)
        try FileSystem.chmod(path, 0o777)
        return path
    }

    /// Waits until something is so.
    static func waits(for condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<500 {
            if try condition() { return true }
            Clock.sleep(milliseconds: 20)
        }
        return false
    }
}
