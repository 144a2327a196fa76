import BuildpackModel
import ImageLibrary
import ImageStores
import OCI
import POSIX
import PlatformModel
import Sandbox

/// Image extensions in a build: what the extender needs, and the programs that then take the build phase's place.
///
/// See the [specification](https://github.com/buildpacks/spec/blob/main/platform.md#extender-optional).
struct ExtensionPhases {
    /// Where the extender finds base images, and keeps its layers.
    static let kanikoDir = "/kaniko"

    private let ground: BuildGround

    init(_ ground: BuildGround) { self.ground = ground }

    /// The extensions that have passed detection.
    func extensions() throws(BuildError) -> [GroupElement] {
        do throws(BuildpackModelError) {
            let group: Group = try TOMLFile.read(place(ground.paths.group))
            return group.extensions
        } catch {
            throw BuildError(.failed, "\(error)")
        }
    }

    /// Lays out what the extender needs, after the restorer.
    ///
    /// - Parameters:
    ///   - build: The build phase.
    ///   - first: An extension that takes part, for messages.
    /// - Returns: The extender for the run image, where that is to be extended, and the one for the build image, which goes
    ///   on with the build.
    /// - Throws: `BuildError` where this build can't extend images.
    func programs(inPlaceOf build: PhaseProgram, first: GroupElement) throws(BuildError) -> [PhaseProgram] {
        guard ground.isolation == .rootNamespaces else {
            throw BuildError(
                .machine,
                "the image extension \(first) takes part, and installs as root what belongs to several users",
                help: "run slipway as root, on a machine that lets root make namespaces"
            )
        }
        guard let builder = ground.builder.image, ground.hasOverlay else {
            throw BuildError(
                .failed,
                "the image extension \(first) takes part, for which the builder has to be an image",
                help: "name a builder image with --builder"
            )
        }
        let analysis = try updateAnalysis(builder)
        try add(builder, as: analysis.buildImage ?? "")
        var extend = build
        extend.name = "extender"
        extend.arguments = ["-kind", "build", "-generated", ground.paths.generated] + build.arguments + owner
        extend.isRoot = true
        guard let runImage = analysis.runImage, runImage.extend else { return [extend] }
        try add(ground.runImage.image, as: runImage.reference)
        var run = extend
        (run.step, run.root) = (.extend, .runImage(try runRoot()))
        run.arguments[1] = "run"
        return [run, extend]
    }

    private var owner: [String] { ["-uid", "\(ground.owner.uid)", "-gid", "\(ground.owner.gid)"] }

    private func place(_ target: String) -> String { ground.directory.place(target) }

    /// Says in analyzed.toml which image the build happens in.
    private func updateAnalysis(_ builder: any StoredImage) throws(BuildError) -> AnalysisMetadata {
        do throws(PlatformModelError) {
            var analysis = try AnalysisMetadata.read(place(ground.paths.analyzed)) ?? AnalysisMetadata()
            analysis.buildImage = "\(ground.builder.name)@\(builder.manifestDigest)"
            analysis.extendsBuildImage = true
            try analysis.write(place(ground.paths.analyzed))
            return analysis
        } catch {
            throw BuildError(.failed, "\(error)")
        }
    }

    /// Puts an image's manifest and config to where the extender looks for them.
    private func add(_ image: any StoredImage, as reference: String) throws(BuildError) {
        guard let digest = reference.split(separator: "@").last, reference.contains("@") else {
            throw BuildError(.failed, "'\(reference)' in analyzed.toml: expected a reference with a digest")
        }
        let base = Path.join(ground.kanikoDir, "cache/base")
        do throws(OCIError) {
            try SparseImage(layout: LayoutStore(layoutDir: base)).add(image, as: Path.join(base, String(digest)))
        } catch {
            throw BuildError(.failed, "the image to extend: \(error)")
        }
    }

    /// The run image's file tree, for which all of its layers have to be here.
    private func runRoot() throws(BuildError) -> SandboxRoot {
        var image = ground.runImage.image
        if let location = try? ImageLocation(parsing: ground.runImage.name), location.transport == .registry {
            image = try ground.images.pull(location)
        }
        let lower = try ground.images.root(of: image)
        let (upper, work) = (
            Path.join(ground.directory.path, "run-upper"), Path.join(ground.directory.path, "run-work")
        )
        try system { () throws(POSIXError) in
            for path in [upper, work] { try FileSystem.makeDirectory(path) }
        }
        return .overlay(Overlay(lower: [lower], upper: upper, work: work))
    }
}
