import POSIX
import SlipwayCommands

ProcessExit.exit(SlipwayProgram.current.run(ProcessArguments.all))
