import POSIX
import Sandbox

extension RootTree {
    /// Copies a folder of a fixture over the tree; what is new belongs to the owner of its directory.
    /// - Throws: When the system refuses.
    func copyFolder(_ folder: String, to path: String = "/") throws(POSIXError) {
        for entry in try FileSystem.list(folder) {
            let source = Path.join(folder, entry.name)
            let target = Path.join(path, entry.name)
            switch entry.type {
            case .directory:
                try makeDirectories(target)
                try copyFolder(source, to: target)
            case .symlink:
                try write(.symlink(try FileSystem.readLink(source)), to: target, mode: nil, owner: nil)
            case .regular:
                // Of the permissions only what version control keeps.
                let isExecutable = try FileSystem.status(source).mode.isExecutable
                let bytes = try FileSystem.readFile(source)
                try write(.bytes(bytes), to: target, mode: isExecutable ? 0o755 : 0o644, owner: nil)
            default: continue
            }
        }
    }

    /// Writes a file, replacing what is there; directories above it are made.
    /// - Parameters:
    ///   - content: What is written.
    ///   - path: A path of the case.
    ///   - mode: Its permissions; nil for the usual ones.
    ///   - owner: Its owner; nil for the owner of the directory that it is in.
    /// - Throws: When the system refuses.
    func write(_ content: InputFile.Content, to path: String, mode: UInt32?, owner: Owner?) throws(POSIXError) {
        let path = Path.clean(path)
        let parent = Path.directory(path)
        try makeDirectories(parent)
        guard let directory = location(parent) else { throw POSIXError(.tooManyLinks, "open", path) }
        let place = Path.join(directory, Path.base(path))
        let isNew: Bool
        switch content {
        case .directory:
            isNew = !FileSystem.isDirectory(place)
            if isNew { try FileSystem.makeDirectory(place) }
        case .symlink(let target):
            isNew = true
            try? FileSystem.removeFile(place)
            try FileSystem.createSymlink(place, target: target)
        case .text(let text):
            isNew = true
            try? FileSystem.removeFile(place)
            try FileSystem.writeFile(place, text)
        case .bytes(let bytes):
            isNew = true
            try? FileSystem.removeFile(place)
            try FileSystem.writeFile(place, bytes)
        }
        if let owner {
            try give(place, to: owner)
        } else if isNew {
            try giveLikeDirectory(place)
        }
        // After the owner, whose change takes away setuid.
        if let mode { try FileSystem.chmod(place, FileMode(rawValue: mode)) }
    }

    /// Makes a directory and those above it; each new one belongs to the owner of the one above, or to the given one.
    /// - Throws: When the system refuses.
    func makeDirectories(_ path: String, owner: Owner? = nil) throws(POSIXError) {
        if path == "/" { return }
        guard let place = location(path) else { throw POSIXError(.tooManyLinks, "mkdir", path) }
        if FileSystem.isDirectory(place) { return }
        try makeDirectories(Path.directory(path), owner: owner)
        guard let place = location(path) else { throw POSIXError(.tooManyLinks, "mkdir", path) }
        try FileSystem.makeDirectory(place)
        if let owner { try give(place, to: owner) } else { try giveLikeDirectory(place) }
    }

    private func giveLikeDirectory(_ place: String) throws(POSIXError) {
        let parent = try FileSystem.status(Path.directory(place))
        try give(place, to: Owner(uid: parent.uid, gid: parent.gid))
    }
}
