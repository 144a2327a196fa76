import Builds
import ImageLibrary
import OCI
import POSIX
import Sandbox

/// Looks at what builds need of this machine.
struct MachineChecks {
    private let options: OptionValues
    private let environment: [String: String]
    private let home: SlipwayHome

    /// Takes the options and variables that builds would have.
    init(_ context: CommandContext) {
        options = context.options
        environment = context.environment
        home = SlipwayHome(environment: context.environment)
    }

    /// Looks at everything.
    /// - Returns: The checks, what everything depends on first.
    func all() -> [DoctorCheck] {
        let store = store()
        return isolation(storeDir: store.state == .failure ? nil : home.storeDir) + [store] + space() + [installation()]
            + RegistryChecks(environment: environment).all() + builder()
    }

    // MARK: - Isolation

    /// Most builders' users have these numbers.
    private static let owner = Owner(uid: 1000, gid: 1000)

    private func isolation(storeDir: String?) -> [DoctorCheck] {
        let probe = IsolationProbe(for: Self.owner)
        var checks: [DoctorCheck] = []
        do throws(SandboxError) {
            let chosen = try probe.choose(.auto)
            checks.append(DoctorCheck(name: "isolation", state: .fine, detail: Self.phrase(chosen.isolation)))
        } catch {
            checks.append(DoctorCheck(name: "isolation", state: .failure, detail: "no way to run buildpacks works"))
        }
        let works = checks[0].state == .fine
        return checks
            + probe.checks(storeDir: storeDir).map { check in
                DoctorCheck(
                    name: check.name,
                    state: check.isFine ? .fine : works ? .warning : .failure,
                    detail: check.detail,
                    remedies: check.isFine ? [] : check.remedies
                )
            }
    }

    private static func phrase(_ isolation: Isolation) -> String {
        switch isolation {
        case .rootNamespaces: "buildpacks run in namespaces, made by root"
        case .userNamespaces: "buildpacks run in user namespaces; no root is needed"
        case .chroot: "buildpacks run in a changed root, without namespaces"
        case .inPlace: "buildpacks run in this root, which is a builder"
        }
    }

    // MARK: - Disk

    private func store() -> DoctorCheck {
        do {
            _ = try LocalStore(path: home.storeDir)
            try FileSystem.makeDirectories(home.cacheDir, mode: 0o755)
            return DoctorCheck(name: "store", state: .fine, detail: home.storeDir)
        } catch {
            return DoctorCheck(
                name: "store",
                state: .failure,
                detail: "\(error)",
                remedies: ["choose other directories with SLIPWAY_STORE and SLIPWAY_CACHE_HOME"]
            )
        }
    }

    private static let least: Int64 = 200_000_000
    private static let comfortable: Int64 = 3_000_000_000

    private func space() -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        for (name, path) in [("disk of the store", home.storeDir), ("disk of caches", home.cacheDir)] {
            guard let free = try? FileSystem.freeBytes(path) else { continue }
            let state: DoctorCheck.State = free < Self.least ? .failure : free < Self.comfortable ? .warning : .fine
            let remedy = "make room: slipway store prune, slipway cache prune"
            let detail = "\(Amounts.size(free)) free in \(path)"
            checks.append(
                DoctorCheck(name: name, state: state, detail: detail, remedies: state == .fine ? [] : [remedy])
            )
        }
        return checks
    }

    // MARK: - Parts

    private func installation() -> DoctorCheck {
        do {
            let found = try Installation(
                lifecycleDir: options.value(BuildOptions.lifecycle),
                environment: environment
            )
            let buildpacks = found.buildpacksDir.map { ", buildpacks in \($0)" } ?? ", no buildpacks beside it"
            return DoctorCheck(name: "lifecycle", state: .fine, detail: found.lifecycleDir + buildpacks)
        } catch {
            return DoctorCheck(
                name: "lifecycle",
                state: .failure,
                detail: error.description,
                remedies: [error.help].compactMap(\.self)
            )
        }
    }

    private func builder() -> [DoctorCheck] {
        guard let name = options.value(BuildOptions.builder), name != "host" else {
            return [
                DoctorCheck(
                    name: "builder",
                    state: .fine,
                    detail: "host: this machine and the buildpacks that come with us"
                )
            ]
        }
        do {
            return [try builder(at: try ImageLocation(parsing: name), name)]
        } catch {
            return [
                DoctorCheck(
                    name: "builder",
                    state: .failure,
                    detail: "\(error)",
                    remedies: ["check the name and the network, or choose another: slipway config set builder NAME"]
                )
            ]
        }
    }

    private func builder(at location: ImageLocation, _ name: String) throws(LibraryError) -> DoctorCheck {
        if case .root(let directory) = location {
            return DoctorCheck(name: "builder", state: .fine, detail: "\(directory), a directory")
        }
        if case .registry(let reference) = location, options.isOn(BuildOptions.offline) {
            let store = try LocalStore(path: home.storeDir)
            guard try store.image(named: reference.original) != nil else { throw .notInStore(name: name) }
            return DoctorCheck(name: "builder", state: .fine, detail: "\(name), in the store")
        }
        var remote = RemoteImages.Options(environment: environment)
        remote.insecureRegistries = options[BuildOptions.insecureRegistry]
        let image = try RemoteImages(remote).open(location)
        guard image.config.container.environment.contains(where: { $0.hasPrefix("CNB_USER_ID=") }) else {
            throw .notAnImage(path: name, reason: "it is no builder: its config sets no CNB_USER_ID")
        }
        return DoctorCheck(name: "builder", state: .fine, detail: "\(name), reachable")
    }
}
