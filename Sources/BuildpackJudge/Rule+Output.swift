extension Rule {
    // MARK: Layers

    static let layerNameReserved = Rule(
        .error,
        "layer-name-reserved",
        .buildPhase,
        "name the layer otherwise; build, launch and store are taken"
    )
    static let layerSyntax = Rule(.error, "layer-syntax", .layerMetadata, "write valid TOML")
    static let layerType = Rule(.error, "layer-type", .layerMetadata, "give the key a value of that type")
    static let layerUnknownKey = Rule(
        .warning,
        "layer-unknown-key",
        .layerMetadata,
        "keep a layer's own data below [metadata], flags below [types]"
    )
    static let layerTypesOutside = Rule(
        .error,
        "layer-types-outside",
        .layerMetadata,
        "move launch, build and cache below [types]"
    )
    static let layerWithoutTOML = Rule(
        .warning,
        "layer-without-toml",
        .layerTypes,
        "write <layer>.toml with the layer's [types], or keep temporary files in a temporary directory"
    )
    static let layerWithoutContents = Rule(
        .error,
        "layer-without-contents",
        .layerTypes,
        "make the layer's directory; only a launch layer that an earlier build has made may go without"
    )
    static let layerUnused = Rule(
        .note,
        "layer-unused",
        .layerTypes,
        "set launch, build or cache below [types] if others are to have the layer"
    )
    static let layerLink = Rule(
        .warning,
        "layer-link",
        .layerTypes,
        "copy the file, or link to something that is in the app image, too"
    )
    static let profileScript = Rule(
        .warning,
        "profile-script",
        .execd,
        "replace the script by an executable in exec.d, which works without a shell"
    )

    // MARK: Environment

    static let envSuffix = Rule(
        .error,
        "env-suffix",
        .environmentRules,
        "use .append, .default, .delim, .override, .prepend or no suffix"
    )
    static let envReserved = Rule(
        .error,
        "env-reserved",
        .platformVariables,
        "choose another name; CNB_ is for the specification"
    )
    static let envDirectory = Rule(
        .warning,
        "env-directory",
        .environment,
        "only env.launch may have directories, named as process types"
    )
    static let envNoEffect = Rule(
        .warning,
        "env-no-effect",
        .environment,
        "set the type that the directory is for, or leave the directory out"
    )
    static let execdMode = Rule(.error, "execd-mode", .execd, "make the file executable (chmod +x)")

    // MARK: launch.toml

    static let launchSyntax = Rule(.error, "launch-syntax", .launchTOML, "write valid TOML")
    static let launchType = Rule(.error, "launch-type", .launchTOML, "give the key a value of that type")
    static let launchUnknownKey = Rule(.warning, "launch-unknown-key", .launchTOML, "check the spelling")
    static let processType = Rule(
        .error,
        "process-type",
        .launchTOML,
        "give each process a type of numbers, letters, dots, underscores and hyphens"
    )
    static let processDuplicate = Rule(.error, "process-duplicate", .launchTOML, "give each type to one process only")
    static let processCommand = Rule(
        .error,
        "process-command",
        .launchTOML,
        "write command as a list, the first element of which is the executable"
    )
    static let processDirect = Rule(
        .error,
        "process-direct",
        .launchTOML,
        "leave direct out: processes are never run by a shell since Buildpack API 0.9, unless command names one"
    )
    static let processMissingFile = Rule(
        .warning,
        "process-missing-file",
        .launchTOML,
        "name a file that is in a launch layer or in the app"
    )
    static let processDefaults = Rule(
        .error,
        "process-defaults",
        .launchTOML,
        "set default = true on one process at most"
    )
    static let labelIncomplete = Rule(.error, "label-incomplete", .launchTOML, "give each label a key and a value")
    static let labelDuplicate = Rule(.error, "label-duplicate", .launchTOML, "give each key to one label only")
    static let slicePath = Rule(
        .error,
        "slice-path",
        .launchTOML,
        "use a path relative to the app, or an absolute one within it"
    )
    static let slicePattern = Rule(
        .error,
        "slice-pattern",
        .launchTOML,
        "follow the pattern syntax of Go's filepath.Match"
    )
    static let bomDeprecated = Rule(
        .warning,
        "bom-deprecated",
        .launchBOM,
        "write SBOM files instead of bom arrays"
    )

    // MARK: build.toml and store.toml

    static let buildSyntax = Rule(.error, "build-syntax", .buildTOML, "write valid TOML")
    static let buildType = Rule(.error, "build-type", .buildTOML, "give the key a value of that type")
    static let buildUnknownKey = Rule(.warning, "build-unknown-key", .buildTOML, "check the spelling")
    static let unmetName = Rule(
        .error,
        "unmet-name",
        .unmet,
        "name only entries of the Buildpack Plan that the buildpack was given"
    )
    static let storeSyntax = Rule(.error, "store-syntax", .storeTOML, "write valid TOML")
    static let storeType = Rule(.error, "store-type", .storeTOML, "give the key a value of that type")
    static let storeUnknownKey = Rule(
        .warning,
        "store-unknown-key",
        .storeTOML,
        "put what the next build is to find below [metadata]"
    )

    // MARK: SBOM

    static let sbomName = Rule(
        .error,
        "sbom-name",
        .sbom,
        "end the name with .sbom.cdx.json, .sbom.spdx.json or .sbom.syft.json"
    )
    static let sbomSubject = Rule(
        .warning,
        "sbom-subject",
        .sbom,
        "name the file after a layer, or launch or build"
    )
    static let sbomUndeclared = Rule(
        .error,
        "sbom-undeclared",
        .sbom,
        "add the media type to sbom-formats in buildpack.toml"
    )
    static let sbomSyntax = Rule(.error, "sbom-syntax", .sbom, "write valid JSON")
    static let sbomKind = Rule(
        .error,
        "sbom-kind",
        .sbom,
        "write the format that the file's extension stands for"
    )
    static let sbomMissing = Rule(
        .warning,
        "sbom-missing",
        .sbom,
        "write <layer>.sbom.<ext> with what the layer holds"
    )

    static let outputRules = [
        layerNameReserved, layerSyntax, layerType, layerUnknownKey, layerTypesOutside, layerWithoutTOML,
        layerWithoutContents, layerUnused, layerLink, profileScript, envSuffix, envReserved, envDirectory,
        envNoEffect, execdMode, launchSyntax, launchType, launchUnknownKey, processType, processDuplicate,
        processCommand, processDirect, processMissingFile, processDefaults, labelIncomplete, labelDuplicate, slicePath,
        slicePattern, bomDeprecated, buildSyntax, buildType, buildUnknownKey, unmetName, storeSyntax, storeType,
        storeUnknownKey, sbomName, sbomSubject, sbomUndeclared, sbomSyntax, sbomKind, sbomMissing,
    ]
}
