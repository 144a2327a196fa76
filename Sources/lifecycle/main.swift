import LifecycleCommands
import POSIX

ProcessExit.exit(LifecycleProgram.current.run(CommandLine.arguments))
