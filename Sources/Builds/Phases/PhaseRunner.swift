import POSIX
import Sandbox

/// Runs phases in sandboxes.
struct PhaseRunner: Sendable {
    let isolation: Isolation
    let directory: BuildDirectory
    let paths: PhasePaths
    let owner: Owner
    /// The builder's root, and everything that detect and build see in it besides the build's volumes.
    let builderRoot: SandboxRoot
    let builderMounts: [Mount]
    let lifecycleDir: String
    /// The directory that keeps the cache.
    let cacheDir: String
    /// The directory that keeps what extensions have made.
    let kanikoDir: String
    let network: SandboxedProgram.Network
    let report: @Sendable (BuildEvent) -> Void

    /// Runs a phase.
    ///
    /// - Parameters:
    ///   - program: The phase.
    ///   - line: Told each line of its output, besides the report.
    /// - Returns: Its exit code.
    /// - Throws: `BuildError` when it can't be run, or a signal has ended it.
    func run(_ program: PhaseProgram, line: (String) -> Void = { _ in }) throws(BuildError) -> Int32 {
        var sandboxed = SandboxedProgram(
            path: paths.lifecycle + "/lifecycle",
            environment: program.environment,
            workingDirectory: program.root == .builder ? paths.workspace : "/",
            owner: program.isRoot ? .root : owner,
            root: root(of: program),
            mounts: mounts(of: program)
        )
        sandboxed.arguments = [paths.lifecycle + "/" + program.name] + program.arguments
        if program.root != .bare { sandboxed.network = isolation.hasNamespaces ? network : .host }
        let status: ExitStatus
        do throws(SandboxError) {
            status = try SandboxRunner(isolation).run(sandboxed) { stream, bytes in
                let bytes = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
                let text = String(decoding: bytes, as: UTF8.self)
                line(text)
                report(.output(program.step, line: text, isError: stream == .standardError))
            }
        } catch {
            throw BuildError(.machine, "cannot run the phase '\(program.step.rawValue)': \(error)")
        }
        switch status {
        case .exited(let code): return code
        case .signaled(let signal):
            throw BuildError(
                .phase(program.step, 128 + signal),
                "the phase '\(program.step.rawValue)' was ended by a signal: \(Signal(rawValue: signal))"
            )
        }
    }

    private func root(of program: PhaseProgram) -> SandboxRoot {
        if isolation == .inPlace { return .directory("/", isReadOnly: false) }
        if case .runImage(let root) = program.root { return root }
        if program.root == .builder { return builderRoot }
        return isolation == .chroot ? .directory(directory.root, isReadOnly: false) : .empty
    }

    private func mounts(of program: PhaseProgram) -> [Mount] {
        // In the current root everything is where it is.
        if isolation == .inPlace { return [] }
        var mounts = program.root == .builder ? builderMounts : []
        mounts += Mount.system
        mounts.append(.bind(lifecycleDir, at: paths.lifecycle))
        mounts += [volume(paths.layers), volume(paths.workspace)]
        if program.isRoot {
            mounts.append(.bind(kanikoDir, at: ExtensionPhases.kanikoDir, isReadOnly: false))
        }
        switch program.root {
        case .builder: mounts.append(volume(paths.platform, isReadOnly: true))
        case .runImage:
            for path in ["/etc/resolv.conf", "/etc/hosts"] where FileSystem.exists(path) { mounts.append(.bind(path)) }
        case .bare:
            mounts.append(volume(paths.layout))
            mounts.append(
                isolation == .chroot ? volume(paths.cache) : .bind(cacheDir, at: paths.cache, isReadOnly: false)
            )
        }
        for file in [paths.order, paths.run] where FileSystem.exists(directory.place(file)) {
            mounts.append(volume(file, isReadOnly: true))
        }
        return mounts
    }

    private func volume(_ target: String, isReadOnly: Bool = false) -> Mount {
        .bind(directory.place(target), at: target, isReadOnly: isReadOnly)
    }
}
