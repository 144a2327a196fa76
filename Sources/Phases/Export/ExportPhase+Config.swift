import BuildpackModel
import CNBCore
import Console
import OCI
import POSIX
import PlatformModel

extension ExportPhase {
    /// Sets the labels of lifecycle and buildpacks.
    func setLabels(
        _ label: LifecycleMetadataLabel,
        _ build: BuildMetadata,
        _ project: ProjectMetadata,
        on container: inout ContainerConfig
    ) throws(ExportError) {
        let buildLabel = BuildMetadataLabel(build: build, launcher: inputs.launcher)
        var labels = try wrapping("marshall metadata") {
            [
                (LifecycleMetadataLabel.name, try label.label()),
                (BuildMetadataLabel.name, try buildLabel.label(platformAPI: platformAPI)),
                (ProjectMetadata.labelName, try project.label()),
            ]
        }
        labels += build.labels.map { ($0.key, $0.value) }
        if platformAPI.supports(.executionEnvironments), !inputs.platform.execEnv.isEmpty {
            labels.append(("io.buildpacks.exec-env", inputs.platform.execEnv))
        }
        for (name, value) in labels {
            logger.info("Adding label '\(name)'")
            container.labels[name] = value
        }
    }

    /// Sets the variables that the launcher needs, and puts it into the path.
    func setEnvironment(on container: inout ContainerConfig) {
        let variables = [
            (EnvironmentName.layersDir, layersDir),
            (EnvironmentName.appDir, appDir),
            (EnvironmentName.platformAPI, "\(platformAPI.version)"),
            (EnvironmentName.deprecationMode, "quiet"),
        ]
        for (name, value) in variables {
            logger.debug("Setting \(name)=\(value)")
            container.setEnvironmentValue(name, value)
        }
        let path = container.environmentValue("PATH") ?? ""
        logger.debug("Prepending \(DefaultPath.processDir) and \(DefaultPath.lifecycleDir) to PATH")
        container.setEnvironmentValue("PATH", "\(DefaultPath.processDir):\(DefaultPath.lifecycleDir):\(path)")
    }

    /// Makes the image start its default process in the app's directory.
    func setProcess(_ build: BuildMetadata, on container: inout ContainerConfig) throws(ExportError) {
        logger.debug("Setting WORKDIR: '\(appDir)'")
        container.workingDirectory = appDir
        let entrypoint = try entrypoint(build)
        logger.debug("Setting ENTRYPOINT: '\(entrypoint)'")
        container.entrypoint = [entrypoint]
        container.command = []
    }

    /// The process that the user wants, or else the buildpacks; without either, the launcher decides by arguments.
    private func entrypoint(_ build: BuildMetadata) throws(ExportError) -> String {
        let wanted = inputs.platform.processType
        guard wanted.isEmpty || build.processes.contains(where: { $0.type == wanted }) else {
            let types = build.processes.map(\.type)
            let nearest = Suggestion.nearest(to: wanted, among: types).map { "; did you mean \($0)?" } ?? ""
            let known = types.isEmpty ? "there are no processes" : "process types: \(types.joined(separator: ", "))"
            throw ExportError(
                "determining entrypoint: tried to set \(wanted) to default but it doesn't exist; \(known)\(nearest)"
            )
        }
        let type = wanted.isEmpty ? build.defaultProcessType : wanted
        guard !type.isEmpty else {
            logger.info("no default process type")
            return DefaultPath.launcherPath
        }
        logger.info("Setting default process type '\(type)'")
        return Path.join(DefaultPath.processDir, type)
    }
}
