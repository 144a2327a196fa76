import Builds

/// How the build works.
extension BuildOptions {
    // MARK: - Caches

    static let cache = CommandOption.value(
        "cache",
        "DIR",
        in: cacheSection,
        "directory that keeps the cache",
        content: .directory,
        fallback: "one of this image and builder in the cache home"
    )
    static let cacheFrom = CommandOption.list(
        "cache-from",
        "NAME",
        in: cacheSection,
        "image whose cache is read where this one's is empty"
    )
    static let clearCache = CommandOption.toggle("clear-cache", in: cacheSection, "begin with an empty cache")

    static let caches = [cache, cacheFrom, clearCache]

    // MARK: - Registries and network

    static let pull = CommandOption.value(
        "pull",
        "WHEN",
        in: registrySection,
        "when registries are asked for images",
        content: .choice(BuildRequest.PullChoice.allCases.map(\.rawValue)),
        fallback: "missing"
    )
    static let offline = CommandOption.toggle(
        "offline",
        in: registrySection,
        "use no network; the same as --pull never"
    )
    static let insecureRegistry = CommandOption.additions(
        "insecure-registry",
        "HOST",
        in: registrySection,
        "registry that may do without TLS or a trusted certificate"
    )
    static let registryMirror = CommandOption.additions(
        "registry-mirror",
        "HOST=MIRROR",
        in: registrySection,
        "registry that is asked in place of another",
        content: .assignment
    )

    static let registries = [pull, offline, insecureRegistry, registryMirror]

    // MARK: - How it is built

    static let isolation = CommandOption.value(
        "isolation",
        "KIND",
        in: workSection,
        "how buildpacks are kept apart from this machine",
        content: .choice(BuildRequest.IsolationChoice.allCases.map(\.rawValue)),
        fallback: "auto: the first that works"
    )
    static let lifecycle = CommandOption.value(
        "lifecycle",
        "DIR",
        in: workSection,
        "directory with lifecycle and launcher",
        content: .directory,
        fallback: "beside this program"
    )
    static let keepOnFailure = CommandOption.toggle(
        "keep-on-failure",
        in: workSection,
        "leave the build's files where they are when it fails"
    )
    static let progress = CommandOption.value(
        "progress",
        "KIND",
        in: workSection,
        "how the build is shown",
        content: .choice(ProgressKind.allCases.map(\.rawValue)),
        fallback: "auto"
    )

    static let work = [isolation, lifecycle, keepOnFailure, progress]
}
