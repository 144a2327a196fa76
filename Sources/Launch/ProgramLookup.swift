internal import CPOSIX
internal import LaunchModel
internal import LaunchPOSIX

/// Finds programs the way that a shell, and the reference, does.
enum ProgramLookup {
    /// The path of a program.
    ///
    /// - Parameters:
    ///   - name: A name to look up, or a path if it holds a slash.
    ///   - searchPath: The value of `PATH`.
    /// - Returns: The path, relative only if the name is.
    /// - Throws: ``LaunchError/lookup(name:reason:)`` if there is no such program, or if it could only be found because
    ///   `PATH` names a relative directory: that would depend on where the process runs.
    static func find(_ name: [UInt8], searchPath: some Collection<UInt8>) throws(LaunchError) -> RawPath {
        func problem(_ reason: String) -> LaunchError {
            .lookup(name: String(decoding: name, as: UTF8.self), reason: reason)
        }
        if name.contains(UInt8(ascii: "/")) {
            let path = RawPath(bytes: name)
            let code = obstacle(to: path)
            if code != 0 { throw problem(SystemError.reason(for: code)) }
            return path
        }
        // Without a value there is nothing to search, where a split would give one empty directory.
        let directories =
            searchPath.isEmpty ? [] : searchPath.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for directory in directories {
            let path = RawPath(bytes: directory.isEmpty ? [UInt8(ascii: ".")] : [UInt8](directory)).appending(name)
            guard obstacle(to: path) == 0 else { continue }
            guard path.isAbsolute else {
                throw problem("cannot run executable found relative to current directory")
            }
            return path
        }
        throw problem("executable file not found in $PATH")
    }

    /// Why a path is not a program that may be run: an error number, or 0.
    private static func obstacle(to path: RawPath) -> Int32 {
        -path.withCString { -launcher_program_obstacle($0) }
    }
}
