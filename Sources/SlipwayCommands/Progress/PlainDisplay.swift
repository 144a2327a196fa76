import Builds

/// Shows a build as lines, each with the step that it belongs to; for files, pipes and logs of CI jobs.
struct PlainDisplay: BuildDisplay {
    /// Where the lines go.
    let console: CommandConsole

    func show(_ event: BuildEvent) {
        switch event {
        case .stepStarted(let step): console.say(console.paint("===> \(step.rawValue)", .cyan) + "\n")
        case .output(let step, let line, _):
            console.say(
                "[\(step.rawValue)] \(console.usesColor ? TerminalText.colored(line) : TerminalText.plain(line))\n"
            )
        case .note(let step, let text): console.say("[\(step.rawValue)] \(TerminalText.plain(text))\n")
        case .warning(let text): console.warn(TerminalText.plain(text))
        case .stepFinished(let step, let nanoseconds):
            console.say("[\(step.rawValue)] done in \(Amounts.time(nanoseconds: nanoseconds))\n")
        case .stepFailed(let step, let nanoseconds):
            console.say("[\(step.rawValue)] failed after \(Amounts.time(nanoseconds: nanoseconds))\n")
        }
    }

    func finish(_ summary: BuildSummary) {
        console.say("\n" + summary.text(usesColor: console.usesColor))
    }

    func fail(_ error: CommandError) {
        console.report(error)
    }
}
