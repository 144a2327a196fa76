/// What detection has found out about each buildpack, read from what the detector says at its most talkative.
///
/// The wording is that of all lifecycles, so that it does not matter whose detector it was.
struct DetectReport: Hashable, Sendable {
    /// What became of a buildpack in a group.
    enum Outcome: String, Hashable, Sendable {
        /// It would take part.
        case pass
        /// It would not, and need not.
        case skip
        /// It would not, and so the group doesn't.
        case fail
        /// Its `bin/detect` could not be run, or ended with an unknown exit code.
        case error
    }

    /// A buildpack in a group.
    struct Member: Hashable, Sendable {
        /// Its id and version, `id@version`.
        var name: String
        /// What became of it.
        var outcome: Outcome
        /// The exit code of its `bin/detect`, where that was an error.
        var code: Int?
        /// What it has printed.
        var output: [String] = []
        /// Why a plan can't be made with it.
        var problems: [String] = []
    }

    /// A group that was tried.
    struct Group: Hashable, Sendable {
        /// Its members, in order.
        var members: [Member] = []
        /// Whether it is the one that would build.
        var isChosen = false
    }

    /// The groups that were tried, in order.
    private(set) var groups: [Group] = []

    /// The buildpacks that would run, in order; none where no group has passed.
    private(set) var chosen: [String] = []

    /// Reads what a detector has said.
    /// - Parameter lines: Its lines, with those of log level debug.
    init(lines: [String]) {
        var reader = Reader()
        for line in lines { reader.take(TerminalText.plain(line)) }
        reader.closeGroup()
        groups = reader.groups
        chosen = reader.chosen
        if !chosen.isEmpty, !groups.isEmpty { groups[groups.count - 1].isChosen = true }
    }
}

extension DetectReport {
    /// Reads a detector's lines one after the other.
    private struct Reader {
        var groups: [Group] = []
        var chosen: [String] = []
        private var group = Group()
        private var outputs: [String: [String]] = [:]
        /// The buildpack whose output is being read.
        private var speaker: String?
        private var isInResults = false

        mutating func take(_ line: String) {
            if let heading = Self.heading(line) {
                take(heading: heading)
            } else if isInResults {
                take(result: line)
            } else if let speaker {
                outputs[speaker, default: []].append(line)
            }
        }

        mutating func closeGroup() {
            for index in group.members.indices {
                group.members[index].output = outputs[group.members[index].name] ?? []
            }
            if !group.members.isEmpty { groups.append(group) }
            group = Group()
            outputs = [:]
        }

        private mutating func take(heading: String) {
            if isInResults { closeGroup() }
            isInResults = heading == "Results"
            speaker = isInResults ? nil : heading.split(separator: " ").last.map(String.init)
        }

        private mutating func take(result line: String) {
            guard let colon = line.firstIndex(of: ":"), let outcome = Self.outcomes[String(line[..<colon])] else {
                takeParticipant(line)
                return
            }
            let words = line[line.index(after: colon)...].split(separator: " ").map(String.init)
            guard let name = words.first else { return }
            if let index = group.members.firstIndex(where: { $0.name == name }) {
                // A plan has been tried: the rest of the line says what it lacks.
                let problem = words.dropFirst().joined(separator: " ")
                group.members[index].outcome = outcome
                if !problem.isEmpty, !group.members[index].problems.contains(problem) {
                    group.members[index].problems.append(problem)
                }
            } else if name.contains("@") {
                let code = words.dropFirst().first.flatMap { Int($0.filter { $0 != "(" && $0 != ")" }) }
                group.members.append(Member(name: name, outcome: outcome, code: code))
            }
        }

        /// Takes a line of the group that has passed: an id and a version.
        private mutating func takeParticipant(_ line: String) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 2 else { return }
            let name = "\(words[0])@\(words[1])"
            guard let index = group.members.firstIndex(where: { $0.name == name }) else { return }
            group.members[index].outcome = .pass
            group.members[index].problems = []
            chosen.append(name)
        }

        private static let outcomes: [String: Outcome] = ["pass": .pass, "skip": .skip, "fail": .fail, "err": .error]

        /// What stands between the signs of a heading.
        private static func heading(_ line: String) -> String? {
            let sign = "========"
            guard line.hasPrefix(sign + " "), line.hasSuffix(" " + sign) else { return nil }
            return String(line.dropFirst(sign.count + 1).dropLast(sign.count + 1))
        }
    }
}
