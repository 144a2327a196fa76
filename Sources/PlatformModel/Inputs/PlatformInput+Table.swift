import CNBCore

extension PlatformInput {
    /// All inputs, grouped by what they are about.
    public static let all: [PlatformInput] =
        operatorInputs + destinationInputs + builderInputs + buildTimeInputs + exchangedFileInputs + cacheInputs
        + imageInputs + appImageInputs

    private static let operatorInputs: [PlatformInput] = [
        PlatformInput(
            .text(\.logLevel),
            flag: "log-level",
            variables: ["CNB_LOG_LEVEL"],
            default: "info",
            uses: [.everywhere],
            help: "logging level"
        ),
        PlatformInput(
            .boolean(\.noColor),
            flag: "no-color",
            variables: ["CNB_NO_COLOR"],
            uses: [.everywhere],
            help: "disable color output"
        ),
    ]

    private static let destinationInputs: [PlatformInput] = [
        PlatformInput(
            .boolean(\.useDaemon),
            flag: "daemon",
            variables: ["CNB_USE_DAEMON"],
            uses: [.in(.analyze, .create, .export, .rebase), .in(.restore, since: 12)],
            help: "export to docker daemon"
        ),
        PlatformInput(
            .boolean(\.useLayout),
            flag: "layout",
            variables: ["CNB_USE_LAYOUT"],
            uses: [.in(.analyze, .create, .export, .restore, since: 12)],
            help: "export to OCI layout format on disk"
        ),
        PlatformInput(
            .text(\.layoutDir),
            flag: "layout-dir",
            variables: ["CNB_LAYOUT_DIR"],
            uses: [.in(.analyze, .create, .export, .restore, since: 12)],
            help: "path to output directory for images in OCI layout format"
        ),
        PlatformInput(
            .list(\.insecureRegistries),
            flag: "insecure-registry",
            variables: ["CNB_INSECURE_REGISTRIES"],
            uses: [.in(.analyze, .create, .export, .rebase, .restore, since: 13)],
            help: "insecure registries"
        ),
    ]

    private static let builderInputs: [PlatformInput] = [
        PlatformInput(
            .number(\.uid),
            flag: "uid",
            variables: ["CNB_USER_ID"],
            default: "0",
            uses: [.in(.analyze, .create, .export, .extend, .rebase, .restore)],
            help: "UID of user in the stack's build and run images"
        ),
        PlatformInput(
            .number(\.gid),
            flag: "gid",
            variables: ["CNB_GROUP_ID"],
            default: "0",
            uses: [.in(.analyze, .create, .export, .extend, .rebase, .restore)],
            help: "GID of user's group in the stack's build and run images"
        ),
        PlatformInput(
            .text(\.buildConfigDir),
            flag: "build-config",
            variables: ["CNB_BUILD_CONFIG_DIR"],
            default: "/cnb/build-config",
            uses: [.in(.build, .create, .detect, since: 11)],
            help: "path to build config directory"
        ),
        PlatformInput(
            .text(\.buildpacksDir),
            flag: "buildpacks",
            variables: ["CNB_BUILDPACKS_DIR"],
            default: "/cnb/buildpacks",
            uses: [.in(.build, .create, .detect, .extend)],
            help: "path to buildpacks directory"
        ),
        PlatformInput(
            .text(\.extensionsDir),
            flag: "extensions",
            variables: ["CNB_EXTENSIONS_DIR"],
            default: "/cnb/extensions",
            uses: [.in(.detect, since: 10)],
            help: "path to extensions directory"
        ),
        PlatformInput(
            .text(\.orderPath),
            flag: "order",
            variables: ["CNB_ORDER_PATH"],
            default: "<layers>/order.toml",
            uses: [.in(.create, .detect)],
            help: "path to order.toml"
        ),
        PlatformInput(
            .text(\.systemPath),
            flag: "system",
            variables: ["CNB_SYSTEM_PATH"],
            default: "/cnb/system.toml",
            uses: [.in(.create, .detect, since: 15)],
            help: "path to system.toml"
        ),
        PlatformInput(
            .text(\.runPath),
            flag: "run",
            variables: ["CNB_RUN_PATH"],
            default: "/cnb/run.toml",
            uses: [.in(.analyze, .create, .detect, .export, since: 12), .in(.restore, since: 14)],
            help: "path to run.toml"
        ),
        PlatformInput(
            .text(\.stackPath),
            flag: "stack",
            variables: ["CNB_STACK_PATH"],
            default: "/cnb/stack.toml",
            uses: [.in(.analyze, .export, until: 12), .in(.create)],
            help: "path to stack.toml"
        ),
        PlatformInput(
            .text(\.launcherPath),
            flag: "launcher",
            default: "/cnb/lifecycle/launcher",
            uses: [.in(.create, .export)],
            help: "path to launcher binary"
        ),
        PlatformInput(
            .text(\.launcherSBOMDir),
            flag: "launcher-sbom",
            default: "/cnb/lifecycle",
            uses: [.in(.create, .export, since: 11)],
            help: "path to launcher SBOM directory"
        ),
    ]

    private static let buildTimeInputs: [PlatformInput] = [
        PlatformInput(
            .text(\.appDir),
            flag: "app",
            variables: ["CNB_APP_DIR"],
            default: "/workspace",
            uses: [.in(.build, .create, .detect, .export, .extend)],
            help: "path to app directory"
        ),
        PlatformInput(
            .text(\.layersDir),
            flag: "layers",
            variables: ["CNB_LAYERS_DIR"],
            default: "/layers",
            uses: [.in(.analyze, .build, .create, .detect, .export, .extend, .restore)],
            help: "path to layers directory"
        ),
        PlatformInput(
            .text(\.platformDir),
            flag: "platform",
            variables: ["CNB_PLATFORM_DIR"],
            default: "/platform",
            uses: [.in(.build, .create, .detect, .extend)],
            help: "path to platform directory"
        ),
        PlatformInput(
            .text(\.execEnv),
            variables: ["CNB_EXEC_ENV"],
            default: "production",
            help: "execution environment that the app is built for"
        ),
        PlatformInput(
            .text(\.extendKind),
            flag: "kind",
            variables: ["CNB_EXTEND_KIND"],
            default: "build",
            uses: [.in(.extend, since: 12)],
            help: "kind of image to extend"
        ),
        PlatformInput(
            .duration(\.kanikoCacheTTL),
            flag: "kaniko-cache-ttl",
            variables: ["CNB_KANIKO_CACHE_TTL"],
            default: "336h0m0s",
            uses: [.in(.extend)],
            help: "kaniko cache time-to-live"
        ),
    ]

    private static let exchangedFileInputs: [PlatformInput] = [
        PlatformInput(
            .text(\.analyzedPath),
            flag: "analyzed",
            variables: ["CNB_ANALYZED_PATH"],
            default: "<layers>/analyzed.toml",
            uses: [.in(.analyze, .export, .extend, .restore), .in(.detect, since: 10), .in(.build, since: 12)],
            help: "path to analyzed.toml"
        ),
        PlatformInput(
            .text(\.groupPath),
            flag: "group",
            variables: ["CNB_GROUP_PATH"],
            default: "<layers>/group.toml",
            uses: [.in(.build, .detect, .export, .extend, .restore)],
            help: "path to group.toml"
        ),
        PlatformInput(
            .text(\.planPath),
            flag: "plan",
            variables: ["CNB_PLAN_PATH"],
            default: "<layers>/plan.toml",
            uses: [.in(.build, .detect, .extend)],
            help: "path to plan.toml"
        ),
        PlatformInput(
            .text(\.generatedDir),
            flag: "generated",
            variables: ["CNB_GENERATED_DIR"],
            default: "<layers>/generated",
            uses: [.in(.extend), .in(.detect, since: 10), .in(.restore, since: 12)],
            help: "path to output directory for files generated by image extensions"
        ),
        PlatformInput(
            .text(\.extendedDir),
            flag: "extended",
            variables: ["CNB_EXTENDED_DIR"],
            default: "<layers>/extended",
            uses: [.in(.export, .extend, since: 12)],
            help: "path to output directory for image layers created from applying generated Dockerfiles"
        ),
        PlatformInput(
            .text(\.reportPath),
            flag: "report",
            variables: ["CNB_REPORT_PATH"],
            default: "<layers>/report.toml",
            uses: [.in(.create, .export, .rebase)],
            help: "path to report.toml"
        ),
        PlatformInput(
            .text(\.projectMetadataPath),
            flag: "project-metadata",
            variables: ["CNB_PROJECT_METADATA_PATH"],
            default: "<layers>/project-metadata.toml",
            uses: [.in(.create, .export)],
            help: "path to project-metadata.toml"
        ),
    ]

    private static let cacheInputs: [PlatformInput] = [
        PlatformInput(
            .text(\.cacheDir),
            flag: "cache-dir",
            variables: ["CNB_CACHE_DIR"],
            uses: [.in(.create, .export, .restore)],
            help: "path to cache directory"
        ),
        PlatformInput(
            .text(\.cacheImage),
            flag: "cache-image",
            variables: ["CNB_CACHE_IMAGE"],
            uses: [.in(.analyze, .create, .export, .restore)],
            help: "cache image tag name"
        ),
        PlatformInput(
            .text(\.launchCacheDir),
            flag: "launch-cache",
            variables: ["CNB_LAUNCH_CACHE_DIR"],
            uses: [.in(.create, .export), .in(.analyze, since: 9)],
            help: "path to launch cache directory"
        ),
        // The creator has the same input under another name, as it skips more than metadata.
        PlatformInput(
            .boolean(\.skipLayers),
            flag: "skip-layers",
            variables: ["CNB_SKIP_LAYERS", "CNB_SKIP_RESTORE"],
            uses: [.in(.restore), .in(.analyze, since: 9)],
            help: "do not provide layer metadata to buildpacks"
        ),
        PlatformInput(
            .boolean(\.skipLayers),
            flag: "skip-restore",
            variables: ["CNB_SKIP_LAYERS", "CNB_SKIP_RESTORE"],
            uses: [.in(.create)],
            help: "do not restore layers or layer metadata"
        ),
        PlatformInput(
            .boolean(\.parallelExport),
            flag: "parallel",
            variables: ["CNB_PARALLEL_EXPORT"],
            uses: [.in(.create, .export)],
            help: "export app image and cache image in parallel"
        ),
        PlatformInput(
            .list(\.cacheFrom),
            variables: ["CNB_CACHE_FROM"],
            help: "further caches to restore from, in order, after the one that is written: directories as absolute "
                + "paths, or images; with commas between"
        ),
        PlatformInput(
            .text(\.cacheModificationTimes),
            variables: ["CNB_CACHE_MTIME"],
            help: "`keep` keeps modification times in layers that are for the cache only, and restores them; otherwise "
                + "restored files are new"
        ),
        PlatformInput(
            .text(\.cacheCompression),
            variables: ["CNB_CACHE_COMPRESSION"],
            default: "none",
            help: "how layers in a cache directory are compressed: `gzip[:1-12]`, `zstd[:1-19]` or `none`; other "
                + "lifecycles can read `none` only"
        ),
    ]

    private static let imageInputs: [PlatformInput] = [
        PlatformInput(
            .list(\.additionalTags),
            flag: "tag",
            uses: [.in(.analyze, .create)],
            help: "additional tags"
        ),
        PlatformInput(
            .text(\.previousImage),
            flag: "previous-image",
            variables: ["CNB_PREVIOUS_IMAGE"],
            uses: [.in(.analyze, .create), .in(.rebase, since: 11)],
            help: "reference to previous image"
        ),
        PlatformInput(
            .text(\.runImage),
            flag: "run-image",
            variables: [EnvironmentName.runImage],
            uses: [.in(.analyze, .create, .export, .rebase)],
            help: "reference to run image"
        ),
        PlatformInput(
            .text(\.deprecatedRunImage),
            flag: "image",
            uses: [.in(.export, .rebase)],
            help: "[deprecated] reference to run image"
        ),
        PlatformInput(
            .text(\.buildImage),
            flag: "build-image",
            variables: ["CNB_BUILD_IMAGE"],
            uses: [.in(.restore, since: 10)],
            help: "build image tag name"
        ),
    ]

    private static let appImageInputs: [PlatformInput] = [
        PlatformInput(
            .text(\.processType),
            flag: "process-type",
            variables: ["CNB_PROCESS_TYPE"],
            uses: [.in(.create, .export)],
            help: "default process type"
        ),
        PlatformInput(
            .boolean(\.forceRebase),
            flag: "force",
            variables: ["CNB_FORCE_REBASE"],
            uses: [.in(.rebase, since: 12)],
            help: "execute rebase even if operation is unsafe"
        ),
    ]
}
