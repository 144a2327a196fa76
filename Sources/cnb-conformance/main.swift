import BuildpackJudge
import Conformance
import POSIX
import Sandbox

/// Programs within the program, by the first argument; without one, fixtures are run.
let subcommands: [String: ([String]) -> Int32] = [
    SandboxHelper.command: SandboxHelper.run,
    "buildpack": BuildpackJudgeProgram.run,
]
let words = Array(ProcessArguments.all.dropFirst())
if let name = words.first, let subcommand = subcommands[name] {
    ProcessExit.exit(subcommand(Array(words.dropFirst())))
}
ProcessExit.exit(ConformanceProgram.run(words))
