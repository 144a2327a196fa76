import Archive
import ImageLibrary
import OCI
public import POSIX
import Sandbox

/// A container of an app image, without an engine: the image's process in a sandbox, in the foreground.
public struct AppRun: Sendable {
    /// The image: a name in the store, or any other place of an image.
    public var image: String
    /// The type of the process that is started; nil for the image's default.
    public var process: String?
    /// What the process gets as its arguments, in place of the image's.
    public var arguments: [String] = []
    /// Variables beside the image's; later ones win.
    public var variables: [BuildRequest.NamedValue] = []
    /// Directories of this machine that the app sees.
    public var volumes: [BuildRequest.Volume] = []
    /// How the app is kept apart from this machine.
    public var isolation = BuildRequest.IsolationChoice.auto

    /// Describes a run of an image's default process.
    ///
    /// - Parameter image: A name in the store, or any other place of an image.
    public init(image: String) { self.image = image }

    /// Runs the app to its end; what it writes goes where this process's output goes.
    ///
    /// - Parameters:
    ///   - environment: All variables of the caller by name.
    ///   - report: Told what is worth knowing.
    /// - Returns: How the app has ended.
    /// - Throws: Why it did not start.
    public func run(
        environment: [String: String],
        report: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) -> ExitStatus {
        let home = SlipwayHome(environment: environment)
        let directory = try BuildDirectory(in: home)
        defer { directory.remove() }
        let images = try ImageSource(
            home: home,
            request: BuildRequest(),
            platform: nil,
            environment: environment,
            cancellation: .init(),
            report: report
        )
        let found = try find(in: images)
        let root = try images.root(of: found)
        let owner = try AppUser(found.config.container.user, root: root).owner
        let isolation = try choose(for: owner)
        let hasOverlay =
            isolation.hasNamespaces
            && (try? IsolationProbe(for: owner).overlayObstacle(in: directory.path, isolation)) == .some(nil)
        for name in ["upper", "work"] {
            try system { () throws(POSIXError) in try FileSystem.makeDirectory(Path.join(directory.path, name)) }
        }
        var program = SandboxedProgram(
            path: try path(found, root),
            arguments: arguments.isEmpty ? Array(found.config.container.entrypoint.dropFirst()) : arguments,
            environment: self.environment(found),
            workingDirectory: found.config.container.workingDirectory,
            owner: owner,
            root: try sandboxRoot(root, directory, isolation, hasOverlay: hasOverlay),
            mounts: mounts
        )
        if program.workingDirectory.isEmpty { program.workingDirectory = "/" }
        if arguments.isEmpty { program.arguments += found.config.container.command }
        // The launcher finds its process by its own name.
        program.arguments[0] = program.path
        program.standardInput = .inherited
        do throws(SandboxError) {
            return try SandboxRunner(isolation)
                .start(program, output: .standardOutput, errors: .standardError)
                .wait()
        } catch {
            throw BuildError(.machine, "cannot start '\(image)': \(error)")
        }
    }

    private func find(in images: ImageSource) throws(BuildError) -> any StoredImage {
        do throws(LibraryError) {
            if let stored = try images.store.image(named: image) {
                try images.store.hold(stored, by: images.lease)
                return stored
            }
        } catch {
            throw BuildError(error)
        }
        do throws(LibraryError) {
            return try images.fetch(try ImageLocation(parsing: image))
        } catch {
            throw BuildError(
                .failed,
                "'\(image)' is not in the local store, and can't be had from elsewhere: \(error)",
                help: "build it with `slipway build`; `slipway store ls` lists what is there"
            )
        }
    }

    private func choose(for owner: Owner) throws(BuildError) -> Isolation {
        do throws(SandboxError) {
            let choice = IsolationChoice(rawValue: isolation.rawValue) ?? .auto
            let ladder = try IsolationProbe(for: owner).choose(choice).isolation
            guard ladder != .inPlace else {
                throw .unavailable([RefusedIsolation(.inPlace, .notBuilder(missing: image))])
            }
            return ladder
        } catch {
            throw BuildError(.machine, "\(error)", help: "`slipway doctor` says what this machine lacks")
        }
    }

    private func path(_ found: any StoredImage, _ root: String) throws(BuildError) -> String {
        guard let process else {
            if let first = found.config.container.entrypoint.first ?? found.config.container.command.first {
                return first
            }
            throw BuildError(.usage, "'\(image)' starts nothing by default", help: "name a process with --process")
        }
        let path = "/cnb/process/\(process)"
        guard (try? FileSystem.linkStatus(Path.join(root, path))) != nil else {
            let types = ((try? FileSystem.list(Path.join(root, "cnb/process"))) ?? []).map(\.name).sorted()
            throw BuildError(
                .usage,
                "'\(image)' has no process '\(process)'",
                help: types.isEmpty ? nil : "its processes are \(types.joined(separator: ", "))"
            )
        }
        return path
    }

    private func environment(_ found: any StoredImage) -> [String] {
        var values = found.config.container.environment
        for variable in variables {
            values.removeAll { $0.hasPrefix("\(variable.name)=") }
            values.append("\(variable.name)=\(variable.value)")
        }
        return values
    }

    private func sandboxRoot(
        _ root: String,
        _ directory: BuildDirectory,
        _ isolation: Isolation,
        hasOverlay: Bool
    ) throws(BuildError) -> SandboxRoot {
        guard isolation == .chroot else {
            // Without an overlay the app sees its files, and can write to /tmp.
            guard hasOverlay else { return .directory(root, isReadOnly: true) }
            let upper = Path.join(directory.path, "upper")
            return .overlay(Overlay(lower: [root], upper: upper, work: Path.join(directory.path, "work")))
        }
        try system { () throws(POSIXError) in
            for entry in try FileSystem.list(root) {
                try FileSystem.copyTree(Path.join(root, entry.name), to: Path.join(directory.root, entry.name))
            }
        }
        return .directory(directory.root, isReadOnly: false)
    }

    private var mounts: [Mount] {
        var mounts = Mount.system
        for path in ["/etc/resolv.conf", "/etc/hosts"] where FileSystem.exists(path) { mounts.append(.bind(path)) }
        for volume in volumes {
            mounts.append(.bind(volume.source, at: volume.target, isReadOnly: !volume.isWritable))
        }
        return mounts
    }
}

/// The user that an image's config names.
struct AppUser {
    let owner: Owner

    /// Finds a user.
    ///
    /// - Parameters:
    ///   - text: `user[:group]`, each a number or a name; empty for root.
    ///   - root: Has the files that say which numbers names have.
    /// - Throws: `BuildError` when the image has no such user.
    init(_ text: String, root: String) throws(BuildError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let user = parts.first ?? ""
        // No library is asked: names are those of the image, not of this machine.
        let lines = Self.entries(Path.join(root, "etc/passwd"))
        let entry = lines.first { $0[0] == user || ($0.count > 3 && $0[2] == user) }
        guard let uid = user.isEmpty ? 0 : UInt32(user) ?? entry.flatMap({ $0.count > 3 ? UInt32($0[2]) : nil }) else {
            throw BuildError(.failed, "the image's user '\(user)' is not in its /etc/passwd")
        }
        let group = parts.count == 2 ? parts[1] : ""
        let groups = Self.entries(Path.join(root, "etc/group"))
        let named = groups.first { $0[0] == group }.flatMap { $0.count > 2 ? UInt32($0[2]) : nil }
        let usual = entry.flatMap { $0.count > 3 ? UInt32($0[3]) : nil } ?? 0
        owner = Owner(uid: uid, gid: group.isEmpty ? usual : UInt32(group) ?? named ?? usual)
    }

    /// The home directory of a user; nil where the root's files don't say.
    static func home(of uid: UInt32, root: String) -> String? {
        let entry = entries(Path.join(root, "etc/passwd")).first { $0.count > 5 && UInt32($0[2]) == uid }
        return entry.map { $0[5] }.flatMap { Path.isAbsolute($0) ? $0 : nil }
    }

    private static func entries(_ path: String) -> [[String]] {
        ((try? FileSystem.readText(path, limit: 1 << 20)) ?? "").split(separator: "\n").map { line in
            line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
