// The launcher as an ordinary Swift program: the tests run it beside the Embedded one, which alone is shipped.
import CNBCore
import CPOSIX
import Launch

exit(LauncherCommand(arguments: CommandLine.unsafeArgv, environment: cposix_environ()).run().rawValue)
