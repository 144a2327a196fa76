import POSIX
import SlipwayCommands

ProcessExit.exit(SlipwayProgram.runProcess())
