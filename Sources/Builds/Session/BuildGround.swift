import OCI
import POSIX
import Sandbox

/// A build that can begin: everything that its phases work with has been found and fetched.
struct BuildGround: Sendable {
    let request: BuildRequest
    let names: BuildNames
    let builder: Builder
    /// Who builds.
    let owner: Owner
    let isolation: Isolation
    /// Whether the builder's root can be written to, by way of an overlay.
    let hasOverlay: Bool
    let paths: PhasePaths
    let directory: BuildDirectory
    let images: ImageSource
    let runImage: ChosenRunImage
    /// What is brought to the builder.
    let modules: [BroughtModule]
    let lifecycleDir: String
    let cache: LayerCacheDirectory
    /// The directory that keeps what extensions have made; it is there when extensions take part.
    let kanikoDir: String
    let creationTime: Int64?
    /// All variables of the caller by name.
    let environment: [String: String]
    let report: @Sendable (BuildEvent) -> Void

    /// The name that the phases call the image by; it gets all its names afterwards.
    var image: String { names.main.name }

    /// The image whose layers are reused, if it is another one.
    var previousImage: String? { request.previousImage }

    /// The phases in order.
    var phases: [PhaseProgram] {
        let programs = PhasePrograms(
            paths: paths,
            uid: owner.uid,
            gid: owner.gid,
            environment: phaseEnvironment,
            builderEnvironment: builderEnvironment
        )
        return [
            programs.analyze(image: image, previousImage: previousImage, runImage: runImage.name), programs.detect(),
            programs.restore(), programs.build(),
            programs.export(image: image, process: request.process, creationTime: creationTime),
        ]
    }

    /// The home directory of the build's user, as a container engine would find it.
    var home: String {
        guard case .directory(let root) = builder.root,
            let home = AppUser.home(of: owner.uid, root: root), home != "/"
        else { return GroundLayout.home }
        return home
    }

    /// Whether the home directory has to be brought: it is missing, or may not be written to.
    var bringsHome: Bool {
        guard case .directory(let root) = builder.root else { return true }
        return !hasOverlay || !FileSystem.isDirectory(Path.join(root, home))
    }

    private var phaseEnvironment: [String] {
        var environment = [
            "CNB_PLATFORM_API=0.15", "CNB_EXPERIMENTAL_MODE=silent", "CNB_USER_ID=\(owner.uid)",
            "CNB_GROUP_ID=\(owner.gid)",
        ]
        if let name = request.executionEnvironment { environment.append("CNB_EXEC_ENV=\(name)") }
        return environment
    }

    /// The builder's variables, a home, and how the network is reached.
    private var builderEnvironment: [String] {
        var variables = builder.environment.filter { entry in
            !["CNB_USER_ID=", "CNB_GROUP_ID=", "CNB_PLATFORM_API="].contains { entry.hasPrefix($0) }
        }
        if !variables.contains(where: { $0.hasPrefix("HOME=") }) { variables.append("HOME=\(home)") }
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"] {
            guard let value = environment[name] ?? environment[name.lowercased()], !value.isEmpty else { continue }
            variables += ["\(name)=\(value)", "\(name.lowercased())=\(value)"]
        }
        return variables
    }
}
