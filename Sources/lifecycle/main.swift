import LifecycleCommands
import POSIX

ProcessExit.exit(LifecycleProgram.current.run(ProcessArguments.all))
