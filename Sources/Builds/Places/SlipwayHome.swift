import POSIX

/// Where this user's images, caches and settings are, as the
/// [XDG directories](https://specifications.freedesktop.org/basedir-spec/latest/) say.
public struct SlipwayHome: Sendable {
    /// The local store of images.
    public let storeDir: String
    /// What can be made again: layer caches, running builds, downloads.
    public let cacheDir: String
    /// The file with this user's settings.
    public let configurationPath: String

    /// Finds the directories; none of them need be there.
    ///
    /// - Parameter environment: All variables by name; `SLIPWAY_STORE` and `SLIPWAY_CACHE_HOME` win over XDG's.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        // Without a home directory, as in some CI jobs, there is still a place of this user's.
        let home = value("HOME") ?? "/tmp/slipway-\(Users.effectiveUserID)"
        func directory(_ own: String, _ xdg: String, _ usual: String) -> String {
            value(own) ?? Path.join(value(xdg) ?? Path.join(home, usual), "slipway")
        }
        storeDir = directory("SLIPWAY_STORE", "XDG_DATA_HOME", ".local/share")
        cacheDir = directory("SLIPWAY_CACHE_HOME", "XDG_CACHE_HOME", ".cache")
        let configuration = Path.join(value("XDG_CONFIG_HOME") ?? Path.join(home, ".config"), "slipway/config.toml")
        configurationPath = value("SLIPWAY_CONFIG") ?? configuration
    }

    /// The directory of running builds, and of those that were kept.
    public var buildsDir: String { Path.join(cacheDir, "builds") }

    /// The directory of layer caches.
    public var layerCachesDir: String { Path.join(cacheDir, "layers") }
}
