import Distribution
import POSIX

/// Makes the build's own copy of an app, so that buildpacks can change it.
///
/// Permissions and times are kept, links stay links; sockets and devices are left out. What is not the copier's to read
/// is an error that names it.
struct AppCopy {
    private let files: AppFiles
    /// A directory that is not copied, since the build works in it; nil for none.
    private let excluded: String?

    init(files: AppFiles, excluding excluded: String? = nil) {
        (self.files, self.excluded) = (files, excluded)
    }

    /// Copies what takes part in the build.
    ///
    /// - Parameters:
    ///   - source: The app's directory.
    ///   - destination: A directory that is there.
    /// - Throws: On the first thing that can't be copied.
    func run(from source: String, to destination: String) throws(POSIXError) {
        let from = try Directory(opening: source)
        let into = try Directory(opening: destination)
        _ = try copyEntries(of: from, at: source, below: [], into: into)
    }

    /// Copies the entries of a directory.
    ///
    /// - Returns: Whether anything was copied.
    private func copyEntries(
        of source: borrowing Directory,
        at path: String,
        below prefix: [UInt8],
        into destination: borrowing Directory
    ) throws(POSIXError) -> Bool {
        var hasCopied = false
        for entry in try source.entries() {
            let place = Path.join(path, entry.name)
            guard place != excluded else { continue }
            let name = prefix.isEmpty ? Array(entry.rawName.bytes) : prefix + [UInt8(ascii: "/")] + entry.rawName.bytes
            switch files.verdict(on: name, isDirectory: entry.type == .directory) {
            case .left: continue
            case .taken where entry.type != .directory || excluded?.hasPrefix(place + "/") != true:
                guard ![.socket, .characterDevice, .blockDevice].contains(entry.type) else { continue }
                try source.copy(entry.rawName, to: entry.rawName, in: destination)
                hasCopied = true
            case .taken:
                hasCopied = try copyDirectory(entry.rawName, of: source, at: place, name, into: destination) || true
            case .entered(let staysEmpty):
                if try copyDirectory(entry.rawName, of: source, at: place, name, into: destination) || staysEmpty {
                    hasCopied = true
                } else {
                    try destination.removeDirectory(entry.rawName)
                }
            }
        }
        return hasCopied
    }

    private func copyDirectory(
        _ rawName: PathBytes,
        of source: borrowing Directory,
        at place: String,
        _ name: [UInt8],
        into destination: borrowing Directory
    ) throws(POSIXError) -> Bool {
        let status = try source.status(rawName)
        try destination.makeDirectory(rawName)
        let hasCopied = try copyEntries(
            of: try source.openDirectory(rawName),
            at: place,
            below: name,
            into: try destination.openDirectory(rawName)
        )
        try destination.changeMode(rawName, status.mode)
        return hasCopied
    }
}
