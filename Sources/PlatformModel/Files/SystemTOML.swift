/// system.toml: buildpacks that the platform puts before and after those of every group.
public struct SystemTOML: Sendable, Equatable {
    /// A buildpack by id and version.
    public struct Entry: Sendable, Equatable {
        /// The buildpack's id.
        public var id: String
        /// The buildpack's version.
        public var version: String
        /// Whether a group passes without the buildpack.
        public var isOptional: Bool

        /// Makes an entry.
        public init(id: String, version: String, isOptional: Bool = false) {
            self.id = id
            self.version = version
            self.isOptional = isOptional
        }
    }

    /// What comes before each group.
    public var pre: [Entry]
    /// What comes after each group.
    public var post: [Entry]

    /// Makes the contents of a system.toml.
    public init(pre: [Entry] = [], post: [Entry] = []) {
        self.pre = pre
        self.post = post
    }
}
