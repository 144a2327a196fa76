import Sandbox

/// Where the phases find what they work on: the specification's paths, wherever these can be had.
struct PhasePaths: Sendable {
    var layers = "/layers"
    var workspace = "/workspace"
    var platform = "/platform"
    var cache = "/cache"
    var layout = "/layout"
    var order = "/cnb/order.toml"
    var buildpacks = "/cnb/buildpacks"
    var extensions = "/cnb/extensions"
    var lifecycle = "/cnb/lifecycle"
    var run = "/cnb/run.toml"

    /// The paths of a build with mounts or a root of its own.
    init(workspace: String) { self.workspace = workspace }

    /// The paths of a build in the current root: only what gets into the image has the specification's.
    ///
    /// - Parameters:
    ///   - workspace: Where the app is.
    ///   - directory: Has all the rest.
    ///   - lifecycleDir: The lifecycle.
    init(inPlace workspace: String, _ directory: BuildDirectory, lifecycleDir: String) {
        self.workspace = workspace
        (platform, cache, layout) = (directory.place(platform), directory.place(cache), directory.place(layout))
        (order, run) = (directory.place(order), directory.place(run))
        (buildpacks, extensions) = (directory.place(buildpacks), directory.place(extensions))
        lifecycle = lifecycleDir
    }

    var analyzed: String { layers + "/analyzed.toml" }
    var group: String { layers + "/group.toml" }
    var generated: String { layers + "/generated" }
    var plan: String { layers + "/plan.toml" }
    var report: String { layers + "/report.toml" }
    var projectMetadata: String { layers + "/project-metadata.toml" }
}
