internal import CPOSIX
internal import LaunchModel
internal import LaunchPOSIX

extension LauncherCommand {
    /// The command of one launch, from what the kernel handed to the program.
    ///
    /// - Parameters:
    ///   - arguments: A null-terminated list: what the program was called as, then its arguments.
    ///   - environment: A null-terminated list of `NAME=value`.
    public init(
        arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>,
        environment: UnsafePointer<UnsafeMutablePointer<CChar>?>
    ) {
        self.init(
            arguments: Self.strings(arguments),
            environment: LaunchEnvironment(entries: Self.strings(environment))
        )
    }

    private static func strings(_ list: UnsafePointer<UnsafeMutablePointer<CChar>?>) -> [[UInt8]] {
        var strings: [[UInt8]] = []
        var next = list
        while let string = next.pointee {
            strings.append([UInt8](copying: UnsafeRawBufferPointer(start: string, count: strlen(string))))
            next += 1
        }
        return strings
    }
}
