/// What the exit codes of `slipway` mean.
enum ExitStatusTable {
    /// This machine lacks what the command needs; see `slipway doctor`.
    static let machine: Int32 = 125

    /// The codes with their meanings, in order.
    static let rows: [(codes: String, meaning: String)] = [
        ("0", "all is well"),
        ("1", "a failure without a code of its own"),
        ("2", "a command, option, value or setting is wrong"),
        ("20, 21, 22", "no group of buildpacks passed detection, or detection failed"),
        ("32, 42, 52, 62, 102", "analyze, restore, build, export or extend failed"),
        ("51, 91", "a buildpack or an image extension failed"),
        ("125", "this machine can't do it: 'slipway doctor' says what it lacks"),
        ("130, 143", "interrupted by Ctrl-C or SIGTERM"),
    ]
}
