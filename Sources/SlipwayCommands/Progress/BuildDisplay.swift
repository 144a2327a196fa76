import Builds

/// Shows a build while it runs, and how it ended.
///
/// Events come one at a time, on any thread.
protocol BuildDisplay: Sendable {
    /// Shows what has happened.
    func show(_ event: BuildEvent)
    /// Shows what was made; nothing comes after it.
    func finish(_ summary: BuildSummary)
    /// Shows why nothing was made; nothing comes after it.
    func fail(_ error: CommandError)
}
