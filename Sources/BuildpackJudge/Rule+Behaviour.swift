extension Rule {
    static let buildExit = Rule(
        .error,
        "build-exit",
        .build,
        "end bin/build with 0, or choose an app with --app that can be built"
    )
    static let buildNeedsOthers = Rule(
        .note,
        "build-needs-others",
        .build,
        "choose an app, --env or --binding with which it builds alone: a stand-in does not do what real buildpacks do"
    )
    static let lifecycleRefused = Rule(
        .error,
        "lifecycle-refused",
        .build,
        "change what the lifecycle's message is about"
    )
    static let writeOutside = Rule(
        .error,
        "write-outside",
        .buildPhase,
        "write below $CNB_LAYERS_DIR, to the app in bin/build, or to a temporary directory only"
    )
    static let appChanged = Rule(
        .note,
        "app-changed",
        .buildPhase,
        "nothing to change, unless these are dependencies: those belong into layers, which can be cached and reused"
    )
    static let leftovers = Rule(
        .note,
        "leftovers",
        .buildPhase,
        "remove temporary files, or keep them in a layer without types"
    )
    static let notReproducible = Rule(
        .warning,
        "not-reproducible",
        .layers,
        "leave times, random names and other chance out of the file, so that unchanged layers can be reused"
    )
    static let rebuildFailed = Rule(
        .error,
        "rebuild-failed",
        .reusingLayers,
        "expect restored <layer>.toml files without [types], and layers of the cache with their contents"
    )
    static let rebuildLayerLost = Rule(
        .warning,
        "rebuild-layer-lost",
        .reusingLayers,
        "write the [types] of every layer in every build: they are not restored, and a layer without is ignored"
    )

    static let behaviourRules = [
        buildExit, buildNeedsOthers, lifecycleRefused, writeOutside, appChanged, leftovers, notReproducible,
        rebuildFailed,
        rebuildLayerLost,
    ]
}
