/// Why the kernel refuses to run a file that is there: its error numbers say too little about scripts.
public enum ProgramDiagnosis {
    /// What is wrong with a file, and what to do.
    ///
    /// - Parameters:
    ///   - errno: What running it failed with.
    ///   - path: The file that was to be run.
    /// - Returns: The cause; nil if the error number says it all.
    public static func cause(of errno: Errno, running path: String) -> String? {
        guard let status = try? FileSystem.status(path), status.isRegular else { return nil }
        if errno == .permissionDenied {
            return status.mode.isExecutable ? nil : "it is not executable; chmod +x makes it so"
        }
        guard [.noSuchFile, .execFormat].contains(errno), let start = try? start(of: path) else { return nil }
        guard start.starts(with: "#!".utf8) else {
            if start.starts(with: [0x7f, 0x45, 0x4c, 0x46]) {
                return errno == .execFormat
                    ? "it is a program for another processor" : "the loader that it is linked with is not there"
            }
            return "it is no program, and needs a first line such as #!/bin/sh to be a script"
        }
        let line = start.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let word = words.first else { return "its first line #! names no interpreter" }
        if line.last == UInt8(ascii: "\r") {
            return "its lines end with CRLF, as on Windows; scripts need LF (sed -i 's/\\r$//' converts them)"
        }
        let interpreter = String(decoding: word, as: UTF8.self)
        return FileSystem.exists(interpreter)
            ? nil : "its first line asks for the interpreter \(interpreter), which is not there"
    }

    /// As much of a file as the kernel looks at.
    private static func start(of path: String) throws(POSIXError) -> [UInt8] {
        let file = try OwnedDescriptor(opening: path, [.read, .nonBlocking])
        var bytes = [UInt8](repeating: 0, count: 256)
        var failure: POSIXError?
        let count = bytes.withUnsafeMutableBytes { buffer in
            do throws(POSIXError) {
                return try file.descriptor.read(into: buffer, path: path)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return Array(bytes[..<count])
    }
}
