internal import CPOSIX
internal import LaunchModel
internal import LaunchPOSIX

/// What the launcher prints instead of launching, for people and debuggers inside a container.
///
/// The flags only count for the launcher itself: called by the name of a process type it hands them to the process, and a
/// process type that is spelled like a flag is left alone.
enum Inspection: Equatable {
    /// `--list`: the process types, a line each.
    case processTypes
    /// `--print-env [TYPE] [--format FORMAT]`: the variables that a process of the type would get.
    case environment(type: [UInt8]?, EnvironmentFormat)

    private static let listFlag = "--list"
    private static let printFlag = "--print-env"
    private static let formatFlag = "--format"

    /// Looks for a flag.
    ///
    /// - Returns: What is to be printed, or nil if the words are to be launched.
    init?(programName: RawPath, words: [[UInt8]], selection: ProcessSelection) throws(LaunchError) {
        guard let flag = words.first, !selection.hasProcess(named: programName.lastComponent) else { return nil }
        if selection.hasProcess(named: flag) { return nil }
        if flag.elementsEqual(Self.listFlag.utf8) {
            guard words.count == 1 else { throw .usage("\(Self.listFlag) takes no arguments") }
            self = .processTypes
        } else if flag.elementsEqual(Self.printFlag.utf8) {
            self = try Self.environment(words[1...])
        } else {
            return nil
        }
    }

    private static func environment(_ words: ArraySlice<[UInt8]>) throws(LaunchError) -> Inspection {
        var type: [UInt8]?
        var format = EnvironmentFormat.shell
        var rest = words
        let assignment = [UInt8]((formatFlag + "=").utf8)
        while let word = rest.popFirst() {
            if word.elementsEqual(formatFlag.utf8) {
                guard let name = rest.popFirst() else { throw .usage("\(formatFlag) needs a format") }
                format = try EnvironmentFormat(named: name[...])
            } else if word.starts(with: assignment) {
                format = try EnvironmentFormat(named: word[assignment.count...])
            } else if type == nil, word.first != UInt8(ascii: "-") {
                type = word
            } else {
                throw .usage("unexpected argument '\(String(decoding: word, as: UTF8.self))'")
            }
        }
        return .environment(type: type, format)
    }

    /// The text to print.
    func run(selection: ProcessSelection, launcher: inout Launcher) throws(LaunchError) -> [UInt8] {
        switch self {
        case .processTypes:
            return selection.eligibleProcesses.flatMap { [UInt8]($0.type.utf8) + [UInt8(ascii: "\n")] }
        case .environment(let type, let format):
            var name = ""
            if let type { name = try selection.process(named: type).type }
            // What is printed must be nothing but the variables.
            launcher.execD.standardOutput = STDERR_FILENO
            let (environment, _) = try launcher.prepare(processType: name)
            return format.text(of: environment)
        }
    }
}
