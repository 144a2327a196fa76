// swift-tools-version: 6.2
import Foundation
import PackageDescription

// MARK: - Settings shared by all Swift targets

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Makes the executables of a release build static files that need no shared library.
let staticExecutable: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-executable", "-Xlinker", "--gc-sections", "-Xlinker", "-s"],
        .when(configuration: .release)
    )
]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        swiftSettings: strict,
        linkerSettings: staticExecutable
    )
}

// MARK: - The launcher: Embedded Swift, static, the shared sources compiled a second time through symlinks

/// The directory of the toolchain that runs this manifest (`<toolchain>/usr`), found through PATH.
func toolchainDir() -> String {
    let path = Context.environment["PATH"] ?? ""
    for directory in path.split(separator: ":") {
        let compiler = "\(directory)/swiftc"
        guard FileManager.default.isExecutableFile(atPath: compiler) else { continue }
        let resolved = URL(fileURLWithPath: compiler).resolvingSymlinksInPath().path
        for candidate in [compiler, resolved] {
            let usr = URL(fileURLWithPath: candidate).deletingLastPathComponent().deletingLastPathComponent().path
            if FileManager.default.fileExists(atPath: "\(usr)/lib/swift/embedded") { return usr }
        }
    }
    return "/usr"
}

let unicodeTables =
    "\(toolchainDir())/lib/swift/embedded/x86_64-unknown-linux-gnu/libswiftUnicodeDataTables.a"
let musl = "/usr/lib/x86_64-linux-musl"
let haveMusl =
    FileManager.default.fileExists(atPath: "\(musl)/libc.a") && Context.environment["SLIPWAY_NO_MUSL"] == nil
let launcherCommonLink = [
    "-Xclang-linker", "-static", "-Xlinker", "--gc-sections", "-Xlinker", "-s", "-Xlinker", unicodeTables,
]
let launcherLink =
    haveMusl
    ? launcherCommonLink + [
        "-Xclang-linker", "-nostdlib", "\(musl)/crt1.o", "\(musl)/crti.o", "\(musl)/crtn.o",
        "-Xlinker", "\(musl)/libc.a",
        "-Xlinker", "--defsym=posix_memalign=launcher_memalign", "-Xlinker", "--defsym=free=launcher_free",
    ]
    : launcherCommonLink + ["-lm"]

/// Lets the launcher's sources, which here are all of one module, import the modules that they belong to elsewhere: the
/// names come to mean empty modules.
let launcherModuleStandIns =
    ["CNBCore", "LaunchModel", "LaunchPOSIX", "TOML"].flatMap { ["-module-alias", "\($0)=\($0)StandIn"] }
    + ["-I", "\(Context.packageDirectory)/Sources/launcher/ModuleStandIns"]

let launcher = Target.executableTarget(
    name: "launcher",
    dependencies: ["CPOSIX"],
    exclude: ["ModuleStandIns"],
    swiftSettings: [
        .enableExperimentalFeature("Embedded"),
        // The ordinary build of the same sources is the one that treats warnings as errors.
        .unsafeFlags(
            ["-parse-as-library", "-wmo", "-Osize", "-Xfrontend", "-function-sections", "-suppress-warnings"]
                + launcherModuleStandIns
        ),
    ],
    linkerSettings: [.unsafeFlags(launcherLink)]
)

// MARK: - The package

let package = Package(
    name: "slipway",
    targets: [
        // Level 0
        .target(name: "CPOSIX"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CDeflate"),
        .systemLibrary(name: "CZstd"),
        library("TOML"),
        library("JSON"),
        library("Dockerfile"),
        library("CNBCore"),

        // Level 1
        library("POSIX", ["CPOSIX"]),
        library("LaunchPOSIX", ["CPOSIX"]),

        // Level 2
        library("LaunchModel", ["CNBCore", "CPOSIX", "LaunchPOSIX", "TOML"]),
        library("Console", ["POSIX"]),
        library("Archive", ["POSIX", "COpenSSL", "CZlib", "CDeflate", "CZstd"]),
        library("HTTP", ["POSIX"]),
        library("BuildpackModel", ["CNBCore", "POSIX", "TOML"]),
        library("Sandbox", ["CPOSIX", "POSIX"]),

        // Level 3
        library("TLS", ["COpenSSL", "HTTP", "POSIX"]),
        library("OCI", ["Archive", "JSON"]),
        library("Launch", ["CNBCore", "CPOSIX", "LaunchModel", "LaunchPOSIX", "TOML"]),

        library("DockerfileEngine", ["Archive", "Console", "Dockerfile", "JSON", "OCI", "POSIX"]),

        // Level 4
        library("PlatformModel", ["BuildpackModel", "CNBCore", "JSON", "OCI", "POSIX", "TOML"]),
        library("Distribution", ["BuildpackModel", "CNBCore", "Console", "JSON", "OCI", "TOML"]),
        library("ImageStores", ["Archive", "HTTP", "JSON", "OCI", "POSIX", "TLS"]),

        library("LayerCaches", ["Archive", "Console", "OCI", "POSIX", "PlatformModel"]),

        library("BuildpackJudge", ["Archive", "Console", "JSON", "POSIX", "Sandbox", "TOML"]),
        library("Conformance", ["Archive", "Console", "HTTP", "JSON", "POSIX", "Sandbox", "TOML"]),

        // Level 5
        library("ImageLibrary", ["Archive", "ImageStores", "JSON", "OCI", "POSIX"]),
        library(
            "Phases",
            [
                "Archive", "BuildpackModel", "CNBCore", "Console", "Dockerfile", "DockerfileEngine", "JSON",
                "LaunchModel", "LaunchPOSIX", "LayerCaches", "OCI", "PlatformModel", "POSIX", "TOML",
            ]
        ),

        // Level 6
        library(
            "LifecycleCommands",
            [
                "Archive", "BuildpackModel", "CNBCore", "Console", "Dockerfile", "ImageStores", "LayerCaches", "OCI",
                "Phases", "PlatformModel", "POSIX",
            ]
        ),

        library(
            "Builds",
            [
                "Archive", "BuildpackModel", "CNBCore", "Distribution", "HTTP", "ImageLibrary", "ImageStores", "JSON",
                "OCI",
                "POSIX", "PlatformModel", "Sandbox", "TLS", "TOML",
            ]
        ),

        // Level 7
        library(
            "SlipwayCommands",
            [
                "Builds", "CNBCore", "Console", "Distribution", "ImageLibrary", "ImageStores", "JSON", "OCI", "POSIX",
                "Sandbox", "TLS", "TOML",
            ]
        ),

        // Level 8
        tool("slipway", ["POSIX", "SlipwayCommands"]),
        tool("lifecycle", ["LifecycleCommands", "POSIX"]),
        tool("cnb-conformance", ["BuildpackJudge", "Conformance", "POSIX", "Sandbox"]),
        tool("toml-test-decoder", ["JSON", "POSIX", "TOML"]),
        tool("toml-test-encoder", ["JSON", "POSIX", "TOML"]),
        launcher,

        // Tests
        .target(
            name: "TestSupport",
            dependencies: ["CNBCore", "OCI", "POSIX"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        tests("TOMLTests", ["TOML"]),
        tests("JSONTests", ["JSON"]),
        tests("DockerfileTests", ["Dockerfile"]),
        tests(
            "DockerfileEngineTests",
            ["Archive", "Console", "Dockerfile", "DockerfileEngine", "OCI", "POSIX", "TestSupport"]
        ),
        tests("CNBCoreTests", ["CNBCore"]),
        tests("POSIXTests", ["POSIX", "TestSupport"]),
        tests("ConsoleTests", ["Console", "POSIX", "TestSupport"]),
        tests("ArchiveTests", ["Archive", "POSIX", "TestSupport"]),
        tests("HTTPTests", ["HTTP", "POSIX", "TLS", "TestSupport"]),
        .executableTarget(
            name: "launcher-hosted",
            dependencies: ["CNBCore", "CPOSIX", "Launch"],
            path: "Tests/LauncherHosted",
            swiftSettings: strict
        ),
        tests(
            "LaunchTests",
            ["CNBCore", "Launch", "LaunchModel", "LaunchPOSIX", "POSIX", "TOML", "TestSupport", "launcher-hosted"]
        ),
        tests("BuildpackModelTests", ["BuildpackModel", "CNBCore", "LaunchModel", "TOML", "TestSupport"]),
        tests("OCITests", ["Archive", "JSON", "OCI", "TestSupport"]),
        tests("ImageStoresTests", ["Archive", "HTTP", "ImageStores", "JSON", "OCI", "POSIX", "TestSupport"]),
        tests("ImageLibraryTests", ["Archive", "ImageLibrary", "ImageStores", "JSON", "OCI", "POSIX", "TestSupport"]),
        tests(
            "PlatformModelTests",
            ["BuildpackModel", "CNBCore", "JSON", "OCI", "POSIX", "PlatformModel", "TOML", "TestSupport"]
        ),
        tests(
            "DistributionTests",
            ["BuildpackModel", "CNBCore", "Distribution", "JSON", "OCI", "POSIX", "TOML", "TestSupport"]
        ),
        tests(
            "PhasesTests",
            [
                "Archive", "BuildpackModel", "CNBCore", "Console", "Dockerfile", "JSON", "LaunchModel", "LayerCaches",
                "OCI",
                "Phases", "PlatformModel", "POSIX", "TOML", "TestSupport",
            ]
        ),
        tests(
            "LifecycleCommandsTests",
            ["CNBCore", "Console", "LifecycleCommands", "PlatformModel", "POSIX", "TestSupport"]
        ),
        tests(
            "SlipwayCommandsTests",
            ["Builds", "JSON", "POSIX", "SlipwayCommands", "TOML", "TestSupport", "slipway"]
        ),
        .executableTarget(
            name: "sandbox-hosted",
            dependencies: ["POSIX", "Sandbox"],
            path: "Tests/SandboxHosted",
            swiftSettings: strict
        ),
        .executableTarget(name: "namespace-filter", path: "Tests/NamespaceFilter"),
        tests("SandboxTests", ["POSIX", "Sandbox", "TestSupport", "namespace-filter", "sandbox-hosted"]),
        tests("BuildpackJudgeTests", ["JSON", "POSIX", "TestSupport", "cnb-conformance"]),
        tests("ConformanceTests", ["Conformance", "JSON", "POSIX", "TOML", "TestSupport", "cnb-conformance"]),
        tests(
            "BuildsTests",
            ["Archive", "Builds", "Distribution", "ImageLibrary", "OCI", "POSIX", "Sandbox", "TestSupport"]
        ),
        tests("EndToEndTests", ["JSON", "POSIX", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
