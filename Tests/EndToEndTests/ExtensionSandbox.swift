import POSIX
import TestSupport
import Testing

/// A platform that builds with image extensions: a registry, volumes, and a new container for each build.
final class ExtensionSandbox {
    let registry: RegistryServer
    let directory: TemporaryDirectory
    private var containers = 0

    /// Lays out the volumes, with the repository's extension and the release binaries.
    init() throws {
        registry = try RegistryServer()
        directory = try TemporaryDirectory()
        for name in ["cnb/buildpacks", "layers", "platform/env", "workspace", "kaniko"] {
            try directory.makeDirectory(name)
        }
        try FileSystem.copyTree(try #require(ReleaseBinaries.directory), to: directory.path("cnb/lifecycle"))
        try directory.makeDirectory("cnb/extensions/slipway_apt")
        try FileSystem.copyTree(
            "\(Repository.root)/buildpacks/extensions/apt",
            to: directory.path("cnb/extensions/slipway_apt/0.1.0")
        )
        try directory.write("cnb/run.toml", "[[images]]\nimage = \"\(base)\"\n")
    }

    /// The image that is both build and run image.
    var base: String { "\(registry.host)/base:1" }
    /// The image that is built.
    var app: String { "\(registry.host)/app:1" }

    /// Runs a shell script on this machine.
    @discardableResult
    func shell(_ script: String, _ arguments: String...) throws -> String {
        let result = try runCommand(["bash", "-euo", "pipefail", "-c", script, "bash"] + arguments)
        try #require(result.status == .exited(0), "\(script): \(result.output)\(result.errors)")
        return result.output
    }

    /// Pushes the Debian root as the base image, with one more file for a newer version.
    func pushBase(adding file: String? = nil) throws {
        let root = try #require(DebianRoot.path)
        try shell(
            """
            layout=$1/base
            if [ ! -d "$layout" ]; then
                umoci init --layout "$layout"; umoci new --image "$layout:1"
                umoci insert --image "$layout:1" "$2" /
                umoci config --image "$layout:1" --os linux --architecture amd64 --config.user 1000:1000 \\
                    --config.env PATH=/usr/local/bin:/usr/bin:/bin \\
                    --config.label io.buildpacks.base.distro.name=debian --config.label io.buildpacks.base.distro.version=12
            fi
            if [ -n "$3" ]; then echo yes >"$1/new"; umoci insert --image "$layout:1" "$1/new" "$3"; fi
            skopeo copy --quiet --dest-tls-verify=false "oci:$layout:1" "docker://$4"
            """,
            directory.path,
            root,
            file ?? "",
            base
        )
    }

    /// Makes a new container of the base image.
    ///
    /// - Returns: Its root.
    func newContainer() throws -> String {
        containers += 1
        let root = directory.path("container-\(containers)")
        try shell(#"cp -a --reflink=auto "$1" "$2""#, try #require(DebianRoot.path), root)
        return root
    }

    /// Runs a program in a container as a container engine would: with volumes, `/proc`, `/dev` and name servers mounted.
    func run(_ command: [String], in root: String, user: String = "0:0") throws -> CommandResult {
        let script = #"""
            root=$1 volumes=$2 user=$3; shift 3
            for volume in cnb layers platform workspace kaniko; do
                mkdir -p "$root/$volume"; mount --bind "$volumes/$volume" "$root/$volume"
            done
            mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
            touch "$root/etc/resolv.conf"; mount --bind "$(realpath /etc/resolv.conf)" "$root/etc/resolv.conf"
            exec chroot --userspec="$user" "$root" "$@"
            """#
        let variables = [
            "CNB_PLATFORM_API=0.13", "CNB_EXPERIMENTAL_MODE=silent", "CNB_NO_COLOR=true", "CNB_USER_ID=1000",
            "CNB_GROUP_ID=1000", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
        ]
        return try runCommand(
            ["timeout", "300", "unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-euc", script, "bash"]
                + [root, directory.path, user, "env", "-i"] + variables + command
        )
    }

    /// Runs a phase that has to succeed.
    @discardableResult
    func phase(_ name: String, _ arguments: [String], in root: String, user: String = "0:0") throws -> String {
        let result = try run(["/cnb/lifecycle/\(name)"] + arguments, in: root, user: user)
        try #require(result.status == .exited(0), "\(name): \(result.output)\(result.errors)")
        return result.output + result.errors
    }

    /// A whole build, as a platform that calls the phases one by one does it.
    ///
    /// - Returns: What the two extenders said.
    func build() throws -> (build: String, run: String) {
        try emptyLayers()
        let buildContainer = try newContainer()
        try phase("analyzer", ["-run-image", base, app], in: buildContainer)
        try phase("detector", [], in: buildContainer, user: "1000:1000")
        try phase("restorer", ["-build-image", base], in: buildContainer)
        let built = try phase("extender", ["-kind", "build"], in: buildContainer)
        let extended = try phase("extender", ["-kind", "run"], in: try newContainer())
        try phase("exporter", [app], in: buildContainer)
        return (built, extended)
    }

    /// Leaves nothing of an earlier build in the layers directory.
    func emptyLayers() throws {
        try shell(
            #"rm -rf "$1"/layers/* "$1"/layers/.[!.]*; chown -R 1000:1000 "$1/layers" "$1/workspace""#,
            directory.path
        )
    }

    /// Unpacks the app image.
    ///
    /// - Returns: Its root.
    func unpackApp() throws -> String {
        containers += 1
        let bundle = directory.path("bundle-\(containers)")
        try shell(
            """
            skopeo copy --quiet --src-tls-verify=false "docker://$1" "oci:$2.layout:x"
            umoci unpack --image "$2.layout:x" "$2" >&2
            """,
            app,
            bundle
        )
        return "\(bundle)/rootfs"
    }

    /// What the app prints, started as its image says.
    func runApp(_ root: String) throws -> String {
        try shell(
            """
            mapfile -t environment < <(jq -r '.process.env[]' "$1/../config.json")
            exec unshare --mount --pid --fork --kill-child bash -euc '
                mount -t proc proc "$1/proc"
                exec chroot --userspec=1000:1000 "$1" env -i "${@:2}" /cnb/process/web' bash "$1" "${environment[@]}"
            """,
            root
        )
    }
}
