import Conformance
import POSIX

ProcessExit.exit(ConformanceProgram.run(ProcessArguments.all))
