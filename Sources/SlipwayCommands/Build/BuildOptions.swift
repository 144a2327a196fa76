/// The options of `slipway build`.
enum BuildOptions {
    /// All of them, in the order that help shows them in.
    static let all = image + modules + variables + caches + registries + work

    static let imageSection = "Image"
    static let moduleSection = "Builder and buildpacks"
    static let variableSection = "What buildpacks see"
    static let cacheSection = "Caches"
    static let registrySection = "Registries and network"
    static let workSection = "How it is built"
}

extension BuildOptions {
    /// What pack calls options, for scripts that were written for it.
    static let packSpellings = [
        OptionSpelling("path", short: "p", takesValue: true, .argument(displacedInto: tag)),
        OptionSpelling("publish", .value(output, "registry")),
        OptionSpelling("pull-policy", takesValue: true, .option(pull, values: ["if-not-present": "missing"])),
        OptionSpelling("no-pull", .value(pull, "missing")),
        OptionSpelling("quiet", short: "q", .value(progress, ProgressKind.quiet.rawValue)),
        OptionSpelling("default-process", takesValue: true, .option(process)),
        OptionSpelling("sbom-output-dir", takesValue: true, .option(sbomDir)),
        OptionSpelling("trust-builder", .nothing("buildpacks of any builder run without credentials")),
        OptionSpelling("trust-extra-buildpacks", .nothing("buildpacks of any origin run without credentials")),
    ]
}
