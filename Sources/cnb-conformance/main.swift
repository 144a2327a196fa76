import Conformance
import POSIX

ProcessExit.exit(ConformanceProgram.run(CommandLine.arguments))
