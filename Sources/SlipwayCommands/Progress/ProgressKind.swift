/// How a build is shown while it runs.
enum ProgressKind: String, Hashable, Sendable, CaseIterable {
    /// Live lines at a terminal, else plain ones.
    case auto
    /// A line for each that is said, with the step that says it.
    case plain
    /// An object a line.
    case json
    /// Nothing but what went wrong.
    case quiet
}
