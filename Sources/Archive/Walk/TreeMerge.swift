import POSIX

/// Moves a tree into another one that exists.
enum TreeMerge {
    /// Moves everything in a directory into another one, over what has the same names, and removes the directory.
    ///
    /// Directories that exist on both sides keep the permissions of the one that stays.
    ///
    /// - Parameters:
    ///   - source: the directory that goes away.
    ///   - destination: the directory that stays, on the same file system.
    /// - Throws: when the system refuses, for instance to replace a directory with a file.
    static func move(_ source: String, over destination: String) throws(POSIXError) {
        let from = try Directory(opening: source)
        let to = try Directory(opening: destination)
        try move(from, over: to)
        try FileSystem.removeDirectory(source)
    }

    private static func move(_ source: borrowing Directory, over destination: borrowing Directory) throws(POSIXError) {
        for entry in try source.entries() {
            let existing = try? destination.status(entry.rawName)
            if entry.type == .directory, existing?.isDirectory == true {
                try move(
                    source.openDirectory(entry.rawName),
                    over: destination.openDirectory(entry.rawName)
                )
                try source.removeDirectory(entry.rawName)
            } else {
                if entry.type == .directory, existing != nil { try destination.removeFile(entry.rawName) }
                try source.rename(entry.rawName, to: entry.rawName, in: destination)
            }
        }
    }
}
