internal import CPOSIX

/// The program's start: SwiftPM links `<target>_main` as such, and Embedded Swift has no `CommandLine`.
@_cdecl("launcher_main")
public func launcherMain(
    _ count: Int32,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
    LauncherCommand(arguments: arguments, environment: cposix_environ()).run().rawValue
}
