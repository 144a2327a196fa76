import POSIX
import TestSupport
import Testing

/// Buildpacks, packages and builders that tests make.
struct TestBuilder {
    /// Has everything that was made.
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try FileSystem.chmod(directory.path, 0o755)
    }

    /// Writes a buildpack of shell scripts; gives its directory.
    @discardableResult
    func buildpack(_ id: String, version: String = "1.0.0", detect: String = "exit 0", build: String) throws -> String {
        let folder = "buildpacks/\(id.replacing("/", with: "_"))-\(version)"
        try directory.write(
            "\(folder)/buildpack.toml",
            """
            api = "0.12"
            [buildpack]
            id = "\(id)"
            version = "\(version)"
            sbom-formats = ["application/vnd.cyclonedx+json"]
            [[targets]]
            os = "linux"

            """
        )
        try directory.write("\(folder)/bin/detect", "#!/bin/sh\nset -eu\n\(detect)\n", mode: 0o755)
        try directory.write("\(folder)/bin/build", "#!/bin/sh\nset -eu\n\(build)\n", mode: 0o755)
        return directory.path(folder)
    }

    /// Writes a buildpack that is made of others, given as `id@version`.
    func composite(_ id: String, of members: [String]) throws -> String {
        let folder = "buildpacks/\(id.replacing("/", with: "_"))"
        let group = members.map { member in
            let parts = member.split(separator: "@")
            return "[[order.group]]\nid = \"\(parts[0])\"\nversion = \"\(parts[1])\"\n"
        }
        let head = "api = \"0.12\"\n[buildpack]\nid = \"\(id)\"\nversion = \"1.0.0\"\n[[order]]\n"
        try directory.write("\(folder)/buildpack.toml", head + group.joined())
        return directory.path(folder)
    }

    /// Runs `scripts/builder-image`; gives the path of what it has made.
    func make(_ kind: String, _ name: String, _ buildpacks: [String], _ options: [String] = []) throws -> String {
        let out = directory.path(name)
        let flags = buildpacks.flatMap { ["--buildpack", $0] }
        let made = try runCommand(["\(Repository.root)/scripts/builder-image", kind, out] + flags + options)
        try #require(made.status == .exited(0), "\(made.errors)")
        return out
    }

    /// Makes a small builder: busybox, a shell, and buildpacks; gives its layout.
    func smallBuilder(_ buildpacks: [String], runImage: String = "example.com/run") throws -> String {
        if !FileSystem.exists(directory.path("root")) { try makeRoots() }
        return try make(
            "builder",
            "builder",
            buildpacks,
            ["--root", directory.path("root"), "--run-root", directory.path("run"), "--run-image", runImage]
        )
    }

    private func makeRoots() throws {
        let busybox = try #require(Conditions.commandPath("busybox"))
        for root in ["root", "run"] {
            for name in ["bin", "usr/bin", "tmp", "dev", "proc", "sys"] {
                try directory.makeDirectory("\(root)/\(name)")
            }
            try directory.write("\(root)/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
            try directory.write("\(root)/etc/group", "root:x:0:\n")
            try directory.write("\(root)/etc/\(root)", "")
            try FileSystem.chmod(directory.path("\(root)/tmp"), 0o1777)
            try FileSystem.copyFile(busybox, to: directory.path("\(root)/bin/busybox"), mode: 0o755)
            for name in [
                "sh", "cat", "cp", "env", "find", "grep", "head", "ls", "mkdir", "sleep", "sort", "touch", "id",
            ] {
                try FileSystem.createSymlink(directory.path("\(root)/bin/\(name)"), target: "busybox")
            }
        }
        let bash = try #require(Conditions.commandPath("bash-static"))
        try FileSystem.copyFile(bash, to: directory.path("root/bin/bash"), mode: 0o755)
    }

    /// Writes a buildpack, `test/record`, that keeps what it sees in a layer, and whose process prints files.
    func recorder() throws -> String {
        try buildpack(
            "test/record",
            build: """
                echo "recording"
                record=$1/record
                mkdir -p "$record"
                # Its name is another one each time.
                env | grep -v PLAN_PATH | sort >"$record/variables"
                find . | sort >"$record/app"
                [ ! -d "$2/bindings" ] || cp -rL "$2/bindings" "$record/bindings"
                [ ! -d /volume ] || cp /volume/file "$record/volume"
                [ ! -w /writable ] || echo written >/writable/out
                [ -f "$1/cached.toml" ] && echo restored || mkdir "$1/cached"
                head -c 300000 /dev/zero >"$1/cached/file"
                printf '[types]\\nbuild = true\\ncache = true\\n' >"$1/cached.toml"
                printf '[types]\\nlaunch = true\\n' >"$1/record.toml"
                echo '{"bomFormat":"CycloneDX"}' >"$1/launch.sbom.cdx.json"
                printf '[[processes]]\\ntype = "show"\\ncommand = ["cat"]\\nargs = ["/etc/run"]\\ndefault = true\\n' \\
                    >"$1/launch.toml"
                """
        )
    }
}
