import Builds

/// What builds the image, and what that is told.
extension BuildOptions {
    // MARK: - Builder and buildpacks

    static let builder = CommandOption.value(
        "builder",
        short: "B",
        "BUILDER",
        in: moduleSection,
        "image, OCI layout or archive, directory with a builder's root, or 'host'",
        fallback: "the project's, or host"
    )
    static let buildpack = CommandOption.list(
        "buildpack",
        short: "b",
        "BUILDPACK",
        in: moduleSection,
        "buildpack in place of the builder's order: id, directory, archive, image or address"
    )
    static let preBuildpack = CommandOption.list(
        "pre-buildpack",
        "BUILDPACK",
        in: moduleSection,
        "buildpack before those of every group"
    )
    static let postBuildpack = CommandOption.list(
        "post-buildpack",
        "BUILDPACK",
        in: moduleSection,
        "buildpack after those of every group"
    )
    static let `extension` = CommandOption.list(
        "extension",
        "EXTENSION",
        in: moduleSection,
        "image extension in place of the builder's"
    )
    static let buildpackRegistry = CommandOption.value(
        "buildpack-registry",
        "PLACE",
        in: moduleSection,
        "index of buildpacks that are named ns/name: a directory or an HTTP address"
    )
    static let runImage = CommandOption.value(
        "run-image",
        "IMAGE",
        in: moduleSection,
        "image that the app's layers are put on",
        fallback: "the builder's"
    )
    static let descriptor = CommandOption.value(
        "descriptor",
        short: "d",
        "FILE",
        in: moduleSection,
        "project descriptor",
        content: .file,
        fallback: "project.toml in the app's directory"
    )
    static let uid = CommandOption.value(
        "uid",
        "NUMBER",
        in: moduleSection,
        "user that builds",
        content: .identifier,
        fallback: "the builder's"
    )
    static let gid = CommandOption.value(
        "gid",
        "NUMBER",
        in: moduleSection,
        "group that builds",
        content: .identifier,
        fallback: "the builder's"
    )
    static let workspace = CommandOption.value(
        "workspace",
        "DIR",
        in: moduleSection,
        "where the app is in the image",
        fallback: "/workspace"
    )

    static let modules = [
        builder, buildpack, preBuildpack, postBuildpack, `extension`, buildpackRegistry, runImage, descriptor, uid,
        gid, workspace,
    ]

    // MARK: - What buildpacks see

    static let env = CommandOption.additions(
        "env",
        short: "e",
        "NAME[=VALUE]",
        in: variableSection,
        "variable of the build; without a value, that of this shell",
        content: .variable
    )
    static let envFile = CommandOption.additions(
        "env-file",
        "FILE",
        in: variableSection,
        "file with variables of the build, as .env files have them",
        content: .file
    )
    static let executionEnvironment = CommandOption.value(
        "exec-env",
        "NAME",
        in: variableSection,
        "execution environment, such as test",
        fallback: "production"
    )
    static let binding = CommandOption.additions(
        "binding",
        "TYPE=DIR",
        in: variableSection,
        "service binding: a directory with a file for each entry",
        content: .assignment
    )
    static let volume = CommandOption.additions(
        "volume",
        "SOURCE:TARGET[:ro|rw]",
        in: variableSection,
        "directory of this machine that buildpacks see; read-only unless it says rw"
    )
    static let caCert = CommandOption.additions(
        "ca-cert",
        "FILE",
        in: variableSection,
        "certificates that registries are verified by, and that buildpacks get as a binding",
        content: .file
    )
    static let network = CommandOption.value(
        "network",
        "NETWORK",
        in: variableSection,
        "what buildpacks see of the network",
        content: .choice(BuildRequest.NetworkChoice.allCases.map(\.rawValue)),
        fallback: "host"
    )

    static let variables = [env, envFile, executionEnvironment, binding, volume, caCert, network]
}
