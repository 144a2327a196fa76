extension Rule {
    static let detectExit = Rule(
        .error,
        "detect-exit",
        .detection,
        "end bin/detect with 0 to take part, or with 100 to decline"
    )
    static let detectUnrelatedApp = Rule(
        .warning,
        "detect-unrelated-app",
        .detection,
        "decline apps that are none of the buildpack's business with 100; other codes mean that it is broken"
    )
    static let detectWritesApp = Rule(
        .error,
        "detect-writes-app",
        .detection,
        "only read the app in bin/detect; change it in bin/build"
    )
    static let planSyntax = Rule(
        .error,
        "plan-syntax",
        .buildPlan,
        "write valid TOML to $CNB_BUILD_PLAN_PATH, quoting what comes from the app"
    )
    static let planType = Rule(.error, "plan-type", .buildPlan, "give the key a value of that type")
    static let planUnknownKey = Rule(
        .warning,
        "plan-unknown-key",
        .buildPlan,
        "check the spelling; data for the provider belongs below metadata"
    )
    static let planName = Rule(.error, "plan-name", .buildPlan, "name the dependency of each provides and requires")
    static let planVersion = Rule(
        .error,
        "plan-version",
        .planVersion,
        "write the version to requires.metadata.version"
    )
    static let planNeedsOthers = Rule(
        .note,
        "plan-needs-others",
        .detectPhase,
        "nothing to change: a stand-in did what other buildpacks have to do in a real build"
    )

    static let detectRules = [
        detectExit, detectUnrelatedApp, detectWritesApp, planSyntax, planType, planUnknownKey, planName, planVersion,
        planNeedsOthers,
    ]
}
