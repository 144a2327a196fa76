import POSIX

/// Where this user's images and caches are, as the
/// [XDG directories](https://specifications.freedesktop.org/basedir-spec/latest/) say.
public struct SlipwayHome: Sendable {
    /// The local store of images.
    public let storeDir: String
    /// What can be made again: layer caches, running builds, downloads.
    public let cacheDir: String

    /// Finds the directories; none of them need be there.
    ///
    /// - Parameter environment: All variables by name; `SLIPWAY_STORE` and `SLIPWAY_CACHE_HOME` win over XDG's.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME") ?? Self.placeWithoutHome
        func directory(_ own: String, _ xdg: String, _ usual: String) -> String {
            value(own) ?? Path.join(value(xdg) ?? Path.join(home, usual), "slipway")
        }
        storeDir = directory("SLIPWAY_STORE", "XDG_DATA_HOME", ".local/share")
        cacheDir = directory("SLIPWAY_CACHE_HOME", "XDG_CACHE_HOME", ".cache")
    }

    /// A place of this user's where there is no home directory, as in some CI jobs: one that nobody else has made before.
    private static var placeWithoutHome: String {
        let user = Users.effectiveUserID
        let usual = "/tmp/slipway-\(user)"
        guard let status = try? FileSystem.linkStatus(usual) else { return usual }
        return status.isDirectory && status.uid == user ? usual : "\(usual)-\(RandomBytes.hexadecimal(count: 8))"
    }

    /// The directory of running builds, and of those that were kept.
    public var buildsDir: String { Path.join(cacheDir, "builds") }

    /// The directory of layer caches.
    public var layerCachesDir: String { Path.join(cacheDir, "layers") }
}
