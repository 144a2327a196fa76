import Builds
import JSON
import POSIX

/// Shows a build as objects, one a line; `docs/slipway.md` tells of their members.
struct JSONDisplay: BuildDisplay {
    /// Where the lines go.
    let console: CommandConsole
    /// The time that events get.
    var now: @Sendable () -> FileTime = { Clock.now }

    func show(_ event: BuildEvent) {
        switch event {
        case .stepStarted(let step): write("step-started", ["step": .string(step.rawValue)])
        case .output(let step, let line, let isError):
            let stream = isError ? "stderr" : "stdout"
            write("output", ["step": .string(step.rawValue), "stream": .string(stream), "line": .string(line)])
        case .note(let step, let text): write("note", ["step": .string(step.rawValue), "message": .string(text)])
        case .warning(let text): write("warning", ["message": .string(text)])
        case .stepFinished(let step, let nanoseconds):
            write("step-finished", ["step": .string(step.rawValue), "nanoseconds": .integer(nanoseconds)])
        case .stepFailed(let step, let nanoseconds):
            write("step-failed", ["step": .string(step.rawValue), "nanoseconds": .integer(nanoseconds)])
        }
    }

    func finish(_ summary: BuildSummary) {
        write("finished", ["result": summary.result.json])
    }

    func fail(_ error: CommandError) {
        var members: JSONObject = ["message": .string(error.description)]
        if let help = error.help { members["help"] = .string(help) }
        members["exit-code"] = .integer(error.exitCode)
        write("failed", members)
    }

    private func write(_ event: String, _ members: JSONObject) {
        var object: JSONObject = ["time": .string(now().rfc3339(fraction: true)), "event": .string(event)]
        for (key, value) in members { object[key] = value }
        console.say(JSONWriter.string(.object(object), escapeHTML: false) + "\n")
    }
}
