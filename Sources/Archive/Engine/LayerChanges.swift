public import POSIX

/// What has changed below a directory since a layer below was made of it: the content of a layer on top.
///
/// See the
/// [image specification](https://github.com/opencontainers/image-spec/blob/main/layer.md#representing-changes).
public struct LayerChanges: Sendable {
    /// What has become of a path.
    public enum Change: Hashable, Sendable {
        /// It is there, and new or not as it was.
        case present
        /// It is there, as a further name of a file that has an entry before it.
        case hardLink(to: PathBytes)
        /// It was there, and is no longer: a whiteout.
        case removed
        /// It is a directory of which nothing is left that was in it before: an opaque whiteout.
        case emptied
    }

    /// A path and what has become of it.
    public struct Entry: Hashable, Sendable {
        /// The path from the root, without a slash at its start; empty for the root itself.
        public var path: PathBytes
        /// What has become of it.
        public var change: Change

        public init(path: PathBytes, change: Change) {
            self.path = path
            self.change = change
        }
    }

    /// The directory that stands for `/`.
    public var root: String
    /// The changes, parents before what is in them.
    public var entries: [Entry]

    public init(root: String, entries: [Entry]) {
        self.root = root
        self.entries = entries
    }
}

/// Names with a meaning in layers.
enum WhiteoutName {
    /// What a name starts with that says that the rest of it is gone.
    static let prefix = Array(".wh.".utf8)
    /// The name that says that a directory has nothing of the layers below.
    static let opaque = Array(".wh..wh..opq".utf8)
}

/// The PAX records that hold extended attributes.
enum AttributeRecord {
    static let prefix = "SCHILY.xattr."

    /// Attributes that belong to a machine rather than to an image.
    private static let local = ["security.selinux", "security.ima", "security.evm", "security.apparmor"]

    /// Whether a layer keeps an attribute.
    static func keeps(_ name: String) -> Bool {
        !name.hasPrefix("trusted.") && !local.contains(name)
    }
}
