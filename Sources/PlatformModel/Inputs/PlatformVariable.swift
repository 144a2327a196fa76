import CNBCore

/// A variable that is no input of one phase but has a meaning for several, or for those who do their work.
///
/// Together with ``PlatformInput/all`` these are all variables that the lifecycle knows; `docs/inputs.md` is made of both.
public struct PlatformVariable: Sendable {
    /// The name; several names with commas between where they belong together.
    public let name: String
    /// What holds where the variable is not set, as text.
    public let defaultValue: String
    /// One line of help.
    public let help: String

    private init(_ name: String, default defaultValue: String = "", help: String) {
        self.name = name
        self.defaultValue = defaultValue
        self.help = help
    }

    /// All such variables, grouped by what they are about.
    public static let all = [
        PlatformVariable(EnvironmentName.platformAPI, help: "the Platform API, 0.7 to 0.15; required"),
        PlatformVariable(
            EnvironmentName.deprecationMode,
            default: "warn",
            help: "what to do about deprecated APIs: `quiet`, `warn` or `error`"
        ),
        PlatformVariable(
            EnvironmentName.experimentalMode,
            default: "error",
            help: "what to do about experiments: `quiet`, `warn` or `error`"
        ),
        PlatformVariable(
            EnvironmentName.registryAuth,
            help: "JSON object with an `Authorization` header for each registry"
        ),
        PlatformVariable(
            EnvironmentName.logFormat,
            default: "text",
            help: "`json` makes every line of the log a JSON object; for programs that read it"
        ),
        PlatformVariable(
            EnvironmentName.extendInCreator,
            help:
                "for the creator as root, from Platform API 0.13 on: `1` lets image extensions extend the build image that it "
                + "runs in, which `CNB_BUILD_IMAGE` has to name; each phase is then a process of its own"
        ),
        PlatformVariable(
            EnvironmentName.extendTimes,
            help:
                "for the extender: `normalized` gives entries of new layers one fixed time instead of that on disk, so that "
                + "the same Dockerfile gives the same layers"
        ),
        PlatformVariable(
            EnvironmentName.layerCompression,
            default: "gzip",
            help:
                "how new layers are compressed: `gzip[:1-12]`, `zstd[:1-19]` or `none`; for registries that know more than "
                + "gzip. Daemons get layers uncompressed"
        ),
        PlatformVariable(
            EnvironmentName.sourceDateEpoch,
            help: "when the app image says it was made, in seconds since 1970"
        ),
        PlatformVariable(
            "DOCKER_HOST",
            default: "unix:///var/run/docker.sock",
            help:
                "with `-daemon`, where the daemon listens: `unix://PATH` or `tcp://HOST:PORT`; a socket of root's is connected "
                + "before privileges are dropped"
        ),
        PlatformVariable(
            "DOCKER_CERT_PATH, DOCKER_TLS_VERIFY",
            help:
                "for daemons at `tcp://`: the directory with `ca.pem`, `cert.pem` and `key.pem` for TLS, and whether the daemon "
                + "must prove its name"
        ),
        PlatformVariable(
            "DOCKER_API_VERSION",
            help: "the version of the daemon's API, instead of the newest that both sides know"
        ),
        PlatformVariable(
            "DOCKER_CONFIG",
            default: "`$HOME/.docker`",
            help: "the directory with Docker's `config.json`, for credentials"
        ),
        PlatformVariable("REGISTRY_AUTH_FILE", help: "a file in the format of Docker's `config.json`, for credentials"),
        PlatformVariable(
            "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
            help: "HTTP proxies for registries; SOCKS proxies are refused"
        ),
        PlatformVariable("SSL_CERT_FILE, SSL_CERT_DIR", help: "certificates to trust instead of the system's"),
        PlatformVariable("TMPDIR", default: "/tmp", help: "the directory for temporary files"),
        PlatformVariable(
            EnvironmentName.launcherInit,
            help:
                "for the launcher, when the app image is started: `1` or `true` makes it the container's init; see launcher.md"
        ),
    ]
}
