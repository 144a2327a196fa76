import JSON

/// Something that a build needs, or can make use of, and how this machine has it.
struct DoctorCheck: Hashable, Sendable {
    /// How it is.
    enum State: String, Hashable, Sendable {
        /// As it should be.
        case fine = "ok"
        /// Builds work, with less comfort or speed.
        case warning
        /// Builds don't work.
        case failure
    }

    /// What is looked at, in a few words.
    var name: String
    /// How it is.
    var state: State
    /// What was found.
    var detail: String
    /// What can be done, the most fitting first; nothing where all is fine.
    var remedies: [String] = []

    /// The check as an object.
    var json: JSONValue {
        [
            "name": .string(name),
            "state": .string(state.rawValue),
            "detail": .string(detail),
            "remedies": .array(remedies.map { .string($0) }),
        ]
    }
}

/// What all checks say together.
struct DoctorReport: Sendable {
    /// The checks, in the order in which they are shown.
    let checks: [DoctorCheck]

    /// Whether a build can run here.
    var isFine: Bool { !checks.contains { $0.state == .failure } }

    /// The exit code of a command that shows this.
    var exitCode: Int32 { isFine ? 0 : ExitStatusTable.machine }

    /// A line for each check, and its remedies below it.
    /// - Parameter console: Where the text will be shown, which decides on colours.
    /// - Returns: The text.
    func text(for console: CommandConsole) -> String {
        let width = (checks.map(\.name.count).max() ?? 0) + 2
        var text = ""
        for check in checks {
            let name = check.name + String(repeating: " ", count: width - check.name.count)
            text += "\(label(check.state, console)) \(name)\(check.detail)\n"
            for remedy in check.remedies {
                // Some remedies are files to paste.
                let lines = remedy.split(separator: "\n", omittingEmptySubsequences: false)
                text += "          → \(lines.first ?? "")\n" + lines.dropFirst().map { "            \($0)\n" }.joined()
            }
        }
        let verdict = isFine ? "builds can run on this machine" : "builds can't run on this machine as it is"
        return text + "\n\(verdict)\n"
    }

    private func label(_ state: DoctorCheck.State, _ console: CommandConsole) -> String {
        switch state {
        case .fine: console.paint("ok     ", .green)
        case .warning: console.paint("warning", .yellow)
        case .failure: console.paint("failed ", .red)
        }
    }

    /// The report as an object.
    var json: JSONValue { ["ok": .boolean(isFine), "checks": .array(checks.map(\.json))] }
}
