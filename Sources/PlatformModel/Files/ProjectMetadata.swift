public import TOML

/// project-metadata.toml: where the app's source code came from; it becomes a label of the app image.
public struct ProjectMetadata: Sendable, Equatable {
    /// The name of the label.
    public static let labelName = "io.buildpacks.project.metadata"

    /// The source of the app.
    public struct Source: Sendable, Equatable {
        /// For example `git`.
        public var type: String
        /// The version, in keys that depend on the type.
        public var version: TOMLTable?
        /// Anything else, in keys that depend on the type.
        public var metadata: TOMLTable?

        public init(type: String = "", version: TOMLTable? = nil, metadata: TOMLTable? = nil) {
            self.type = type
            self.version = version
            self.metadata = metadata
        }
    }

    /// Where the code came from; `nil` when the file says nothing.
    public var source: Source?

    public init(source: Source? = nil) {
        self.source = source
    }
}
