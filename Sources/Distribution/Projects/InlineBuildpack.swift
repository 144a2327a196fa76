public import CNBCore
import TOML

/// A buildpack whose build script stands in project.toml.
///
/// See <https://github.com/buildpacks/spec/blob/main/extensions/project-descriptor.md#iobuildpacksgroup-optional>.
public struct InlineBuildpack: Hashable, Sendable {
    /// The id.
    public var id: BuildpackID
    /// The version, `0.0.0` where none is given.
    public var version: BuildpackVersion
    /// The Buildpack API as it is written.
    public var api: String
    /// The program that runs the script, with its arguments, as behind `#!`.
    public var shell: String
    /// The script.
    public var script: String

    /// A file of the buildpack.
    public struct File: Hashable, Sendable {
        /// The path below the buildpack's directory.
        public var path: String
        /// The text.
        public var contents: String
        /// Whether the file is a program.
        public var isExecutable: Bool
    }

    /// The files that make it a buildpack: a descriptor for any target, a `bin/detect` that passes, and the script.
    public var files: [File] {
        let module: TOMLTable = ["id": .string(id.text), "version": .string(version.text)]
        let stack: TOMLTable = ["id": "*"]
        let descriptor: TOMLTable = [
            "api": .string(api),
            "buildpack": .table(module),
            // Before API 0.10, targets are not known, and this means any to all versions.
            "stacks": .array(TOMLArray(tables: [stack])),
        ]
        return [
            File(path: "buildpack.toml", contents: TOMLWriter.write(descriptor), isExecutable: false),
            File(path: "bin/detect", contents: "#!\(shell)\n\nexit 0\n", isExecutable: true),
            File(path: "bin/build", contents: "#!\(shell)\n\n\(script)\n", isExecutable: true),
        ]
    }
}
