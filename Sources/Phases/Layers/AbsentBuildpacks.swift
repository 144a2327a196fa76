import BuildpackModel
public import CNBCore
import POSIX
public import PlatformModel

/// Tells why a buildpack of an earlier build takes no part in this one, as far as the builder's files show it.
public struct AbsentBuildpacks: Sendable {
    private let buildpacksDir: String
    private let execEnv: ExecEnv?

    /// Takes what there is to know.
    ///
    /// - Parameters:
    ///   - buildpacksDir: The directory with the builder's buildpacks; it need not exist.
    ///   - execEnv: The execution environment; `nil` where the Platform API knows none.
    public init(buildpacksDir: String, execEnv: ExecEnv?) {
        self.buildpacksDir = buildpacksDir
        self.execEnv = execEnv
    }

    /// Takes what there is to know from the platform's inputs.
    ///
    /// - Parameters:
    ///   - inputs: The inputs.
    ///   - platformAPI: The Platform API.
    public init(_ inputs: ResolvedInputs, _ platformAPI: PlatformAPI) {
        let execEnv = platformAPI.supports(.executionEnvironments) ? ExecEnv(unchecked: inputs.execEnv) : nil
        self.init(buildpacksDir: inputs.buildpacksDir, execEnv: execEnv)
    }

    /// Why a buildpack is not in the group.
    func reason(_ id: String) -> String {
        // Without the builder's buildpacks, as where a phase runs in an image of its own, no more can be said.
        guard !buildpacksDir.isEmpty, let installed = try? FileSystem.list(buildpacksDir), !installed.isEmpty else {
            return "its buildpack is not in the group"
        }
        let directory = BuildpackID.directoryName(for: id)
        guard installed.contains(where: { $0.name == directory }) else { return "its buildpack is not in the builder" }
        if let execEnv, isForOthers(Path.join(buildpacksDir, directory), than: execEnv) {
            return "its buildpack is for another execution environment than \(execEnv)"
        }
        return "its buildpack was not detected"
    }

    /// Whether all versions of a buildpack are for other execution environments.
    private func isForOthers(_ directory: String, than execEnv: ExecEnv) -> Bool {
        let versions = ((try? FileSystem.list(directory)) ?? []).map { Path.join(directory, $0.name) }
        let descriptors = versions.compactMap { try? BuildpackDescriptor(rootDir: $0) }
        return !descriptors.isEmpty && descriptors.allSatisfy { !execEnv.isEligible($0.module.execEnvironments) }
    }
}
