import CPOSIX
import POSIX

/// A root without a namespace of mounts: what mounts would show is put into it, or has to be there.
struct PlainRoot {
    /// The directory that becomes the root; nil where it stays as it is.
    private(set) var path: String?
    private var made: [String] = []

    /// Prepares the root.
    mutating func make(_ program: SandboxedProgram, _ isolation: Isolation, isTrial: Bool) throws(SetUpFailure) {
        if isolation == .chroot {
            try during(.root) { () throws(POSIXError) in
                if isTrial {
                    path = "/"
                } else if case .directory(let root, _) = program.root {
                    path = try FileSystem.realPath(root)
                } else {
                    throw POSIXError(.notPermitted, "mount", "/", explanation: Self.needsDirectory)
                }
            }
        }
        if isTrial { return }
        for mount in program.mounts {
            try during(.mounts) { () throws(POSIXError) in try add(mount) }
        }
    }

    private static let needsDirectory =
        "without a namespace of mounts the root has to be a directory, made for this run alone"
    private static let needsPlace =
        "without mounts, what the program changes has to be at its place in the root already"

    /// Takes off what was mounted.
    func unmount() {
        for place in made.reversed() { _ = cposix_unmount(place) }
    }

    private func place(_ target: String) throws(POSIXError) -> String {
        guard let place = RootTree(root: path ?? "").location(target) else {
            throw POSIXError(.tooManyLinks, "mount", target)
        }
        return place
    }

    private mutating func add(_ mount: Mount) throws(POSIXError) {
        let place = try place(mount.target)
        switch mount.content {
        case .bind(let source, let isReadOnly): try bind(source, to: place, mount.target, isReadOnly: isReadOnly)
        case .overlay:
            throw POSIXError(.notPermitted, "mount", "overlay", to: mount.target, explanation: Self.needsPlace)
        case .memory(let mode, _):
            try makeDirectory(place, mode: FileMode(rawValue: mode))
        case .processes(_):
            try makeDirectory(place, mode: 0o555)
            if path != nil, !FileSystem.exists("\(place)/self"), cposix_mount_proc(place) == 0 { made.append(place) }
        case .devices:
            if path != nil { try makeDevices(place) }
        case .link(let target):
            if (try? FileSystem.linkStatus(place)) == nil { try FileSystem.createSymlink(place, target: target) }
        }
    }

    private func makeDirectory(_ place: String, mode: FileMode) throws(POSIXError) {
        guard !FileSystem.isDirectory(place) else { return }
        try FileSystem.makeDirectories(place)
        try FileSystem.chmod(place, mode)
    }

    private mutating func bind(
        _ source: String,
        to place: String,
        _ target: String,
        isReadOnly: Bool
    ) throws(POSIXError) {
        let status = try FileSystem.status(source)
        let found = try? FileSystem.status(place)
        if let found, found.dev == status.dev, found.ino == status.ino { return }
        guard path != nil else {
            throw POSIXError(.notPermitted, "mount", source, to: target, explanation: Self.needsPlace)
        }
        if found == nil {
            try FileSystem.makeDirectories(Path.directory(place))
            if status.isDirectory {
                try FileSystem.makeDirectory(place)
            } else {
                try FileSystem.writeFile(place, [])
            }
        }
        do throws(POSIXError) {
            try MountTable.bind(source, to: place)
        } catch {
            guard isReadOnly else {
                throw POSIXError(error.errno, "mount", source, to: target, explanation: Self.needsPlace)
            }
            return try FileSystem.copyTree(try FileSystem.realPath(source), to: place)
        }
        made.append(place)
        if isReadOnly { try MountTable.restrict(place, .readOnly) }
    }

    private mutating func makeDevices(_ place: String) throws(POSIXError) {
        try makeDirectory(place, mode: 0o755)
        for name in Devices.names where FileSystem.exists("/dev/\(name)") && !FileSystem.exists("\(place)/\(name)") {
            do {
                try FileSystem.copyTree("/dev/\(name)", to: "\(place)/\(name)")
            } catch {
                // Without the right to make devices they can be shown at least, or are missing.
                try FileSystem.writeFile("\(place)/\(name)", [])
                if cposix_bind("/dev/\(name)", "\(place)/\(name)") == 0 { made.append("\(place)/\(name)") }
            }
        }
        for (name, target) in Devices.links where (try? FileSystem.linkStatus("\(place)/\(name)")) == nil {
            try FileSystem.createSymlink("\(place)/\(name)", target: "/proc/self/\(target)")
        }
        try makeDirectory("\(place)/shm", mode: 0o1777)
    }
}
