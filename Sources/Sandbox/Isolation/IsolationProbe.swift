import CPOSIX
import POSIX

/// Finds out which ways to isolate programs work on this machine, by trying them.
public struct IsolationProbe: Sendable {
    let owner: Owner
    private let network: SandboxedProgram.Network
    private let helperPath: String

    /// Prepares a probe, without any effect.
    /// - Parameters:
    ///   - owner: Who programs are to run as.
    ///   - network: Whom they are to talk to.
    ///   - helperPath: A program that calls ``SandboxHelper/run(_:)``; the running one by default.
    public init(
        for owner: Owner,
        network: SandboxedProgram.Network = .host,
        helperPath: String = "/proc/self/exe"
    ) {
        (self.owner, self.network, self.helperPath) = (owner, network, helperPath)
    }

    /// Tries a way: makes a sandbox in which nothing is run.
    /// - Parameter isolation: The way.
    /// - Returns: What is in its way; nil if it works.
    /// - Throws: When not even the helper can be started.
    public func obstacle(to isolation: Isolation) throws(SandboxError) -> Obstacle? {
        switch isolation {
        case .rootNamespaces where !Users.isRoot, .chroot where !Users.isRoot: return .notRoot
        case .inPlace:
            if let missing = Self.builderFiles.first(where: { !FileSystem.exists($0) }) {
                return .notBuilder(missing: missing)
            }
        default: break
        }
        if isolation != .userNamespaces, Users.isRoot, !UserMap.has(owner) { return .unknownOwner(owner) }
        var program = SandboxedProgram(path: "/", owner: owner, root: .empty)
        program.network = isolation.hasNamespaces ? network : .host
        return try obstacle(program, isolation)
    }

    /// What every builder image has, by the specification.
    private static let builderFiles = ["/cnb/lifecycle", "/cnb/order.toml"]

    /// Chooses the first way that works.
    /// - Parameter choice: Which isolation somebody wants.
    /// - Returns: The way, and the better ones with what is in their way.
    /// - Throws: `unavailable` where none works.
    public func choose(
        _ choice: IsolationChoice = .auto
    ) throws(SandboxError) -> (isolation: Isolation, refused: [RefusedIsolation]) {
        var refused: [RefusedIsolation] = []
        for isolation in choice.ladder {
            guard let obstacle = try obstacle(to: isolation) else { return (isolation, refused) }
            refused.append(RefusedIsolation(isolation, obstacle))
        }
        throw .unavailable(refused)
    }

    /// Tries an overlay whose changes go below a directory, which has to exist; nothing is left behind.
    /// - Parameters:
    ///   - directory: A directory, such as the one of a store.
    ///   - isolation: Namespaces that work.
    /// - Returns: Why that is impossible; nil if it works.
    /// - Throws: When the directory can't be written to.
    public func overlayObstacle(
        in directory: String,
        _ isolation: Isolation
    ) throws(SandboxError) -> Obstacle? {
        let trial: String
        do throws(POSIXError) {
            trial = try FileSystem.makeTemporaryDirectory(prefix: ".overlay-", in: directory)
            for name in ["lower", "upper", "work"] { try FileSystem.makeDirectory(Path.join(trial, name)) }
        } catch {
            throw .helper(error)
        }
        defer { Leftovers.remove(trial) }
        let overlay = Overlay(
            lower: [Path.join(trial, "lower")],
            upper: Path.join(trial, "upper"),
            work: Path.join(trial, "work")
        )
        let program = SandboxedProgram(path: "/", owner: owner, root: .overlay(overlay))
        guard case .failed(_, let error)? = try SandboxRunner(isolation, helperPath: helperPath).trial(program) else {
            return nil
        }
        return .overlay(directory: directory, reason: OverlayObstacle(error, in: directory))
    }

    /// Tries to show a sandbox its own processes only.
    /// - Parameter isolation: Namespaces that work.
    /// - Returns: Why that is impossible; nil if it works.
    /// - Throws: When the helper can't be started.
    public func processesObstacle(_ isolation: Isolation) throws(SandboxError) -> Obstacle? {
        var program = SandboxedProgram(path: "/", owner: owner, root: .empty, mounts: [])
        program.mounts = [Mount(.processes(isOwnRequired: true), at: "/proc")]
        return try SandboxRunner(isolation, helperPath: helperPath).trial(program) == nil ? nil : .hiddenProcesses
    }

    private func obstacle(_ program: SandboxedProgram, _ isolation: Isolation) throws(SandboxError) -> Obstacle? {
        switch try SandboxRunner(isolation, helperPath: helperPath).trial(program) {
        case nil: nil
        case .failed(let step, let error)?:
            Obstacle(step, error, isolation, owner, MachineFacts(helperPath: helperPath))
        case .program(let error)?: .other(.start, error)
        case let error?: throw error
        }
    }
}

extension OverlayObstacle {
    /// Finds out what stands behind a refused overlay.
    init(_ error: POSIXError, in directory: String) {
        switch (error.errno, cposix_file_system_kind(directory)) {
        case (.noSuchDevice, _): self = .notInKernel
        case (_, Int64(CPOSIX_OVERLAY_FILE_SYSTEM)): self = .onOverlay
        case (_, Int64(CPOSIX_NFS_FILE_SYSTEM)): self = .onNetwork
        case (_, Int64(CPOSIX_FUSE_FILE_SYSTEM)): self = .onFuse
        case (.notPermitted, _): self = .oldKernel
        default: self = .unsupported
        }
    }
}
