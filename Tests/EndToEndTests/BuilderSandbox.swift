import POSIX
import TestSupport
import Testing

/// A builder image's directories on disk, in which phases run at the paths that the platform specification gives them.
struct BuilderSandbox {
    /// Holds cnb, layers, layout, platform and workspace.
    let directory: TemporaryDirectory
    /// The Platform API that phases are called with.
    var platformAPI = "0.15"
    /// More variables for the phases.
    var environment: [String: String] = [:]

    /// Lays out the release binaries and the repository's buildpacks.
    init() throws {
        directory = try TemporaryDirectory()
        let binaries = try #require(ReleaseBinaries.directory)
        for name in ["cnb/buildpacks", "layers", "layout", "platform/env", "workspace"] {
            try directory.makeDirectory(name)
        }
        try FileSystem.copyTree(binaries, to: directory.path("cnb/lifecycle"))
        for name in ["procfile", "python", "static-site", "web"] {
            let target = try directory.makeDirectory("cnb/buildpacks/slipway_\(name)")
            try FileSystem.copyTree("\(Repository.root)/buildpacks/\(name)", to: "\(target)/0.1.0")
        }
        try order(["slipway/web@0.1.0"])
    }

    /// Writes an order of one group, its members given as `id@version`.
    func order(_ members: [String]) throws {
        let groups = members.map { member in
            let parts = member.split(separator: "@")
            return "[[order.group]]\nid = \"\(parts[0])\"\nversion = \"\(parts[1])\"\n"
        }
        try directory.write("cnb/order.toml", "[[order]]\n" + groups.joined())
    }

    /// Adds a buildpack of shell scripts, version 1.0.0.
    func addBuildpack(_ id: String, detect: String = "exit 0", build: String) throws {
        let folder = "cnb/buildpacks/\(id.replacing("/", with: "_"))/1.0.0"
        try directory.write(
            "\(folder)/buildpack.toml",
            "api = \"0.12\"\n[buildpack]\nid = \"\(id)\"\nversion = \"1.0.0\"\n"
        )
        try directory.write("\(folder)/bin/detect", "#!/bin/sh\nset -eu\n\(detect)\n", mode: 0o755)
        try directory.write("\(folder)/bin/build", "#!/bin/sh\nset -eu\n\(build)\n", mode: 0o755)
    }

    /// Makes a run image in the layout directory, under the name `run`.
    func makeRunImage(_ kind: String = "empty") throws {
        let made = try runCommand([
            "\(Repository.root)/scripts/run-image", kind, directory.path("layout/index.docker.io/library/run/latest"),
        ])
        try #require(made.status == .exited(0), "\(made.errors)")
    }

    /// Runs a phase as the platform would, in a root that looks like the builder image's.
    func run(_ phase: String, _ arguments: [String]) throws -> CommandResult {
        var variables = ["CNB_PLATFORM_API=\(platformAPI)", "CNB_EXPERIMENTAL_MODE=silent", "CNB_NO_COLOR=true"]
        variables += [
            "CNB_USER_ID=\(Users.userID)", "CNB_GROUP_ID=\(Users.groupID)", "PATH=/usr/bin:/bin", "HOME=/tmp",
        ]
        variables += environment.map { "\($0.key)=\($0.value)" }.sorted()
        return try runCommand(
            ["bash", "-euc", ". \"$0\"; in_builder \"$@\"", "\(Repository.root)/scripts/sandbox.bash", directory.path]
                + ["env", "-i"] + variables + ["/cnb/lifecycle/\(phase)"] + arguments
        )
    }

    /// Runs a phase that has to succeed; the test ends with its output where it does not.
    @discardableResult
    func succeed(_ phase: String, _ arguments: String...) throws -> CommandResult {
        let result = try run(phase, arguments)
        try #require(result.status == .exited(0), "\(phase) \(arguments): \(result.output)\(result.errors)")
        return result
    }
}
