internal import CPOSIX

// SwiftPM links the symbol `<target>_main` as the program's start, and Embedded Swift has no `CommandLine`.

@_cdecl("launcher_main")
public func launcherMain(
    _ count: Int32,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    LauncherCommand(arguments: arguments, environment: cposix_environ()).run().rawValue
}
