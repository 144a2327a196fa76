import CNBCore
import Console
import POSIX
import PlatformModel

/// The flags of phases, made from the table of platform inputs.
enum PhaseFlags {
    /// The flag that prints the version, which all phases have.
    static let version = "version"

    /// The flags of a phase; their defaults are what the inputs have so far, from the environment.
    static func table(for phase: LifecyclePhase, platformAPI: PlatformAPI, inputs: PlatformInputs) -> FlagTable {
        let rows = PlatformInput.flags(of: phase, platformAPI: platformAPI.version)
        let flags = rows.compactMap { input in
            input.flag.map { name in
                Flag(
                    name,
                    input.value(in: inputs),
                    help: input.help,
                    environmentVariable: input.variables.first
                )
            }
        }
        return FlagTable(
            program: "lifecycle",
            flags: flags + [Flag(version, .boolean(false), help: "show version")],
            arguments: arguments(of: phase)
        )
    }

    /// What a phase takes after its flags.
    private static func arguments(of phase: LifecyclePhase) -> String {
        switch phase {
        case .analyze, .create: "<image>, the name of the app image"
        case .export: "<image> [<image>...], the names of the app image"
        case .rebase: "<image> [<image>...], the app image to rebase, and further names for it"
        case .detect, .restore, .extend, .build: ""
        }
    }

    /// Puts the values of flags into the inputs.
    static func apply(
        _ parsed: ParsedFlags,
        to inputs: inout PlatformInputs,
        of phase: LifecyclePhase,
        platformAPI: PlatformAPI
    ) {
        for input in PlatformInput.flags(of: phase, platformAPI: platformAPI.version) {
            guard let flag = input.flag, let value = parsed[flag] else { continue }
            input.set(value, in: &inputs)
        }
    }

    /// Says on standard error what is wrong with the flags, and which there are.
    static func explain(_ error: FlagError, _ table: FlagTable) {
        var text = table.usage
        if error != .helpRequested {
            // Once more at the end, where people look: the usage is longer than a screen.
            text = "\(error)\n\(text)ERROR: \(table.explanation(of: error))\n"
        }
        try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }
}

extension PlatformInput {
    /// The input's value as a flag has it.
    func value(in inputs: PlatformInputs) -> FlagValue {
        switch target {
        case .text(let path): .string(inputs[keyPath: path])
        case .boolean(let path): .boolean(inputs[keyPath: path])
        case .number(let path): .integer(inputs[keyPath: path])
        case .list(let path): .list(inputs[keyPath: path])
        case .duration(let path): .duration(inputs[keyPath: path])
        }
    }

    /// Sets the input to a flag's value, which has the input's type.
    func set(_ value: FlagValue, in inputs: inout PlatformInputs) {
        switch (target, value) {
        case (.text(let path), .string(let text)): inputs[keyPath: path] = text
        case (.boolean(let path), .boolean(let flag)): inputs[keyPath: path] = flag
        case (.number(let path), .integer(let number)): inputs[keyPath: path] = number
        case (.list(let path), .list(let elements)): inputs[keyPath: path] = elements
        case (.duration(let path), .duration(let nanoseconds)): inputs[keyPath: path] = nanoseconds
        default: preconditionFailure("flag -\(flag ?? "") was parsed as another type than its own")
        }
    }
}
