import Archive
import BuildpackModel
import CNBCore
import Distribution
import ImageLibrary
import ImageStores
import OCI
import POSIX
import PlatformModel
import Sandbox

/// A build before its first phase: what was asked for is looked up, and then laid out.
struct Preparation {
    private let request: BuildRequest
    private let environment: [String: String]
    private let home: SlipwayHome
    private let directory: BuildDirectory
    private let cancellation: Cancellation
    private let report: @Sendable (BuildEvent) -> Void

    private let app: AppDirectory
    private let project: Project
    private let names: BuildNames
    private let installation: Installation
    private let platform: OCIPlatform
    private let images: ImageSource
    private let creationTime: Int64?

    /// Looks at what needs neither network nor much time.
    init(
        _ request: BuildRequest,
        environment: [String: String],
        _ home: SlipwayHome,
        _ directory: BuildDirectory,
        _ cancellation: Cancellation,
        _ report: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) {
        (self.request, self.home, self.directory) = (request, home, directory)
        (self.cancellation, self.report) = (cancellation, report)
        app = try AppDirectory(request.app)
        project = try Project(request, app: app) { report(.warning($0)) }
        names = try BuildNames(request, app: app)
        installation = try Installation(lifecycleDir: request.lifecycleDir, environment: environment)
        platform = try RequestValues.platform(request.platform)
        try RequestValues.checkPlaces(request)
        creationTime = try RequestValues.creationTime(request.creationTime)
        self.environment = try RequestValues.trusting(request.caCertificates, in: directory, environment)
        images = try ImageSource(
            home: home,
            request: request,
            platform: platform,
            environment: self.environment,
            cancellation: cancellation,
            report: report
        )
    }

    /// Brings everything that the phases need.
    func prepare() throws(BuildError) -> BuildGround {
        let search = BuilderSearch(images: images, installation: installation, platform: platform)
        let named = request.builder ?? project.descriptor.builder ?? request.usualBuilder
        var builder = try search.builder(named ?? HostBuilder.name)
        let isolation = try chooseIsolation(for: owner(of: builder))
        if isolation == .inPlace, builder.root != .directory("/") {
            // Programs see this root, whatever was asked for.
            if let named { throw Self.notThisRoot(named) }
            builder = try search.builder("/")
        }
        let owner = owner(of: builder)
        let hasOverlay = try hasOverlay(builder, isolation, owner)
        let (order, modules) = try modules(for: builder)
        let paths = self.paths(isolation)
        let runImage = try RunImageSearch(images: images, directory: directory, names: names)
            .runImage(request.runImage, of: builder, app: app, hasOwnBuildpacks: modules.count > builder.modules.count)
        let ground = BuildGround(
            request: request,
            names: names,
            builder: builder,
            owner: owner,
            isolation: isolation,
            hasOverlay: hasOverlay,
            paths: paths,
            directory: directory,
            images: images,
            runImage: runImage,
            modules: modules,
            lifecycleDir: installation.lifecycleDir,
            cache: cacheDirectory(builder),
            kanikoDir: Path.join(home.cacheDir, "extensions"),
            creationTime: creationTime,
            environment: environment,
            report: report
        )
        let layout = GroundLayout(ground, app: app, project: project, home: home)
        try layout.make(order: order)
        return ground
    }

    private func owner(of builder: Builder) -> Owner {
        Owner(uid: request.uid ?? builder.metadata.user.uid, gid: request.gid ?? builder.metadata.user.gid)
    }

    private static func notThisRoot(_ builder: String) -> BuildError {
        BuildError(
            .machine,
            "the builder '\(builder)' can't be used: this machine can only build in place, in the root that is here",
            help: "leave --builder out, or name this root with --builder /; `slipway doctor` says what else is possible"
        )
    }

    private func chooseIsolation(for owner: Owner) throws(BuildError) -> Isolation {
        let network: SandboxedProgram.Network = request.network == .host ? .host : .none
        do throws(SandboxError) {
            let choice = IsolationChoice(rawValue: request.isolation.rawValue) ?? .auto
            let (isolation, refused) = try IsolationProbe(for: owner, network: network).choose(choice)
            for way in refused where way.obstacle != .notRoot {
                report(.note(.prepare, "Not isolated by \(way.isolation.rawValue): \(way.obstacle)"))
            }
            report(.note(.prepare, "Isolation: \(isolation.rawValue)"))
            return isolation
        } catch {
            var remedies: [String] = []
            if case .unavailable(let refused) = error {
                for way in refused {
                    for text in way.obstacle.remedies where !remedies.contains(text) { remedies.append(text) }
                }
            }
            throw BuildError(
                .machine,
                "\(error)",
                help: remedies.isEmpty
                    ? nil : "one of:\n" + remedies.prefix(3).map { "  \($0)" }.joined(separator: "\n")
            )
        }
    }

    /// Whether changes to the builder's root can go to a directory of the build's own.
    private func hasOverlay(_ builder: Builder, _ isolation: Isolation, _ owner: Owner) throws(BuildError) -> Bool {
        guard isolation.hasNamespaces, builder.root != .host else { return false }
        do throws(SandboxError) {
            let obstacle = try IsolationProbe(for: owner).overlayObstacle(in: directory.path, isolation)
            if let obstacle { report(.note(.prepare, "The builder's root is read-only: \(obstacle)")) }
            return obstacle == nil
        } catch {
            throw BuildError(.machine, "\(error)")
        }
    }

    private func paths(_ isolation: Isolation) -> PhasePaths {
        guard isolation == .inPlace else { return PhasePaths(workspace: request.workspace) }
        return PhasePaths(inPlace: request.workspace, directory, lifecycleDir: installation.lifecycleDir)
    }

    private func cacheDirectory(_ builder: Builder) -> LayerCacheDirectory {
        request.cache.directory.map { LayerCacheDirectory(at: $0) }
            ?? LayerCacheDirectory(in: home, for: names.main, builder: builder.name)
    }

    // MARK: - Buildpacks

    /// The order that is to be written, nil for the builder's own, and the modules that have to be brought.
    private func modules(for builder: Builder) throws(BuildError) -> (OrderTOML?, [BroughtModule]) {
        var selection = ModuleSelection()
        (selection.buildpacks, selection.extensions) = (request.modules.buildpacks, request.modules.extensions)
        (selection.pre, selection.post) = (request.modules.pre, request.modules.post)
        (selection.project, selection.projectDir) = (project.descriptor, project.directory)
        let plan: OrderPlan
        do throws(DistributionError) {
            plan = try OrderPlan(selection, builder: builder.metadata, exists: FileSystem.exists)
        } catch {
            throw BuildError(.usage, "\(error)")
        }
        for warning in plan.warnings { report(.warning(warning)) }
        let downloads = try Downloads(
            home: home,
            isOffline: request.pull == .never,
            environment: environment,
            cancellation: cancellation
        )
        let registry = request.buildpackRegistry.map { [report] place in
            BuildpackRegistry(place: place, downloads: downloads) { report(.warning($0)) }
        }
        var loader = ModuleLoader(
            images: images,
            directory: directory,
            registry: registry,
            downloads: downloads,
            builder: builder.metadata
        )
        for fetch in plan.buildpackFetches { try loader.load(fetch, .buildpack) }
        for fetch in plan.extensionFetches { try loader.load(fetch, .imageExtension) }
        let modules = builder.modules + loader.modules
        guard !plan.isBuildersOwn || builder.root == .host else { return (nil, modules) }
        let order = try plan.order { fetch throws(BuildError) in
            guard let name = loader.entries[fetch] else { throw BuildError(.failed, "'\(fetch)' was not brought") }
            return name
        }
        guard !order.order.isEmpty else {
            throw BuildError(
                .usage,
                "the builder '\(builder.name)' has no order of buildpacks, and none was given",
                help: "name buildpacks with --buildpack"
            )
        }
        return (order, modules)
    }
}
