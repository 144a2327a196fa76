import Dockerfile

/// Why a Dockerfile could not be applied.
public enum EngineError: Error, Hashable, Sendable {
    /// An instruction failed; `output` has the last lines of what its command printed.
    case instruction(InstructionPlace, reason: String, output: String)
    /// Something that is not any instruction's fault.
    case engine(action: String, reason: String)
}

/// Where an instruction stands.
public struct InstructionPlace: Hashable, Sendable {
    /// The Dockerfile's name for people, as `run.Dockerfile of extension acme/apt`.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The instruction in one line.
    public var text: String

    init(_ instruction: DockerfileInstruction, in file: String) {
        self.file = file
        line = instruction.line
        text = instruction.summary
    }
}

extension EngineError: CustomStringConvertible {
    /// The place and the reason, in one line.
    public var description: String {
        switch self {
        case .instruction(let place, let reason, _): "\(place.file), line \(place.line): \(place.text): \(reason)"
        case .engine(let action, let reason): "\(action): \(reason)"
        }
    }

    /// The last lines of what the command printed; nil where nothing was printed.
    public var excerpt: String? {
        guard case .instruction(_, _, let output) = self, !output.isEmpty else { return nil }
        return output
    }
}

/// What is wrong with an instruction, for whoever knows its place.
struct InstructionFailure: Error {
    var reason: String
    var output = ""

    init(_ reason: String, output: String = "") {
        self.reason = reason
        self.output = output
    }
}
