import CPOSIX
import POSIX

/// Makes the root of a sandbox and what is mounted in it; for the helper's process, which sees the mounts alone.
struct Mounter {
    /// The new root, as a path of the old one.
    private(set) var place: String
    private let isolation: Isolation
    private let program: SandboxedProgram
    /// Directories in memory that cover others to make room for mount points; nobody needs to write to them.
    private var covers: [String] = []
    /// Paths of this machine, and those by which they are reached.
    private var sources: [String: String] = [:]

    /// Directories that nearly every machine has; one of them is where the new root is while it is made.
    private static let candidates = ["/tmp", "/mnt", "/run", "/var", "/usr"]

    init(_ program: SandboxedProgram, _ isolation: Isolation) {
        (self.program, self.isolation) = (program, isolation)
        place = Self.candidates.first { FileSystem.isDirectory($0) } ?? "/tmp"
    }

    /// Opens a path for as long as the process lives; ``held(_:)`` then leads to the same whatever is mounted over it.
    private mutating func hold(_ path: String) throws(POSIXError) {
        guard sources[path] == nil else { return }
        let descriptor = try OwnedDescriptor(opening: path, .pathOnly).release()
        sources[path] = "/proc/self/fd/\(descriptor.rawValue)"
    }

    private mutating func hold(_ overlay: Overlay) throws(POSIXError) {
        for path in overlay.lower + [overlay.upper, overlay.work].compactMap({ $0 }) { try hold(path) }
    }

    private func held(_ path: String) -> String { sources[path] ?? path }

    // MARK: The root

    /// Makes the root and all mounts.
    mutating func run() throws(SetUpFailure) {
        // Everything, before anything is covered.
        try during(.root) { () throws(POSIXError) in
            switch program.root {
            case .directory(let path, _): try hold(path)
            case .overlay(let overlay): try hold(overlay)
            case .empty: break
            }
        }
        try during(.mounts) { () throws(POSIXError) in
            for mount in program.mounts {
                switch mount.content {
                case .bind(let source, _): try hold(source)
                case .overlay(let overlay): try hold(overlay)
                case .memory, .processes, .devices, .link: break
                }
            }
        }
        try during(.root) { () throws(POSIXError) in try makeRoot() }
        try during(.mounts) { () throws(POSIXError) in
            for mount in program.mounts { try add(mount) }
            for cover in covers { try MountTable.restrictOne(cover, .readOnly) }
        }
    }

    private mutating func makeRoot() throws(POSIXError) {
        switch program.root {
        case .directory(let path, let isReadOnly):
            try MountTable.bind(held(path), to: place)
            try MountTable.restrict(
                place,
                isReadOnly ? [.readOnly, .noSetuid, .noDevices] : [.noSetuid, .noDevices]
            )
        case .overlay(let overlay): try mount(overlay, at: place)
        case .empty: try MountTable.mountMemory(at: place, mode: 0o755, megabytes: 64)
        }
    }

    // MARK: Mounts

    private mutating func add(_ mount: Mount) throws(POSIXError) {
        switch mount.content {
        case .bind(let path, let isReadOnly):
            let source = held(path)
            let status = try FileSystem.status(source)
            let point = try point(mount.target, isDirectory: status.isDirectory)
            try MountTable.bind(source, to: point)
            var properties: MountTable.Properties = isReadOnly ? [.readOnly, .noSetuid] : .noSetuid
            if status.type != .characterDevice { properties.insert(.noDevices) }
            try MountTable.restrict(point, properties)
        case .overlay(let overlay):
            let point = try point(mount.target, isDirectory: true)
            try self.mount(overlay, at: point)
        case .memory(let mode, let megabytes):
            let point = try point(mount.target, isDirectory: true)
            try MountTable.mountMemory(at: point, mode: mode, megabytes: megabytes)
        case .processes(let isOwnRequired):
            try mountProcesses(at: try point(mount.target, isDirectory: true), isOwnRequired: isOwnRequired)
        case .devices: try Devices.mount(at: try point(mount.target, isDirectory: true))
        case .link(let target): try link(mount.target, to: target)
        }
    }

    private func mount(_ overlay: Overlay, at point: String) throws(POSIXError) {
        if overlay.upper == nil, overlay.lower.count == 1 {
            // The kernel wants two of them.
            try MountTable.bind(held(overlay.lower[0]), to: point)
            return try MountTable.restrict(point, [.readOnly, .noSetuid, .noDevices])
        }
        // By descriptors: paths may be long, and have colons and commas in them.
        var options = "lowerdir=" + overlay.lower.map(held).joined(separator: ":")
        if let upper = overlay.upper, let work = overlay.work {
            options += ",upperdir=\(held(upper)),workdir=\(held(work))"
        }
        // The attributes that overlays use otherwise are only for the machine's root.
        if !UserMap.isInitial { options += ",userxattr" }
        try systemCall("mount", "overlay", to: overlay.upper ?? overlay.lower.first) {
            cposix_mount_overlay(point, options)
        }
    }

    private mutating func mountProcesses(at point: String, isOwnRequired: Bool) throws(POSIXError) {
        do {
            try systemCall("mount", "proc", to: point) { cposix_mount_proc(point) }
        } catch {
            // Where some of /proc is hidden, as in many containers, only the same can be shown.
            if isOwnRequired { throw error }
            try MountTable.bind("/proc", to: point)
        }
        guard isolation == .rootNamespaces, program.owner.uid == 0, program.capabilities == .container else { return }
        try protectMachine(point)
    }

    /// Keeps a program that is root on the machine from changing it by way of `/proc`.
    private func protectMachine(_ processes: String) throws(POSIXError) {
        for name in ["acpi", "bus", "fs", "irq", "scsi", "sys", "sysrq-trigger"] {
            let path = "\(processes)/\(name)"
            guard FileSystem.exists(path) else { continue }
            try MountTable.bind(path, to: path)
            try MountTable.restrict(path, .readOnly)
        }
        for name in ["kcore", "keys", "latency_stats", "sched_debug", "timer_list"] {
            let path = "\(processes)/\(name)"
            if FileSystem.exists(path) { try MountTable.bind("/dev/null", to: path) }
        }
    }

    // MARK: Mount points

    private mutating func link(_ path: String, to target: String) throws(POSIXError) {
        guard let place = RootTree(root: place).location(path, followsLast: false) else {
            throw POSIXError(.tooManyLinks, "symlink", path)
        }
        if (try? FileSystem.linkStatus(place)) != nil { return }
        let parent = try point(Path.directory(path), isDirectory: true)
        try covering(parent) { () throws(POSIXError) in
            try FileSystem.createSymlink(Path.join(parent, Path.base(path)), target: target)
        }
    }

    /// Where a path of the sandbox is, with a directory or file that something can be mounted over.
    private mutating func point(_ target: String, isDirectory: Bool) throws(POSIXError) -> String {
        guard let point = RootTree(root: place).location(target) else {
            throw POSIXError(.tooManyLinks, "mount", target)
        }
        if let status = try? FileSystem.status(point) {
            guard status.isDirectory == isDirectory else {
                throw POSIXError(isDirectory ? .notDirectory : .isDirectory, "mount", target)
            }
            return point
        }
        try makePoint(point, isDirectory: isDirectory)
        return point
    }

    private mutating func makePoint(_ point: String, isDirectory: Bool) throws(POSIXError) {
        let parent = Path.directory(point)
        if !FileSystem.isDirectory(parent) { try makePoint(parent, isDirectory: true) }
        try covering(parent) { () throws(POSIXError) in
            if isDirectory {
                try FileSystem.makeDirectory(point, mode: 0o755)
            } else {
                try FileSystem.writeFile(point, [])
            }
        }
    }

    /// Makes something in a directory; in one that can't be changed after it has been covered by one that can.
    private mutating func covering(_ directory: String, _ make: () throws(POSIXError) -> Void) throws(POSIXError) {
        do {
            try make()
        } catch {
            guard isolation.hasNamespaces, !covers.contains(directory) else { throw error }
            try cover(directory)
            try make()
        }
    }

    /// Mounts memory over a directory, and shows in it what is in the directory.
    private mutating func cover(_ directory: String) throws(POSIXError) {
        let source = "/proc/self/fd/\(try OwnedDescriptor(opening: directory, .pathOnly).release().rawValue)"
        let entries = try FileSystem.list(source)
        let mode = try FileSystem.status(source).mode
        try MountTable.mountMemory(at: directory, mode: mode.rawValue, megabytes: 64)
        covers.append(directory)
        for entry in entries {
            let (from, into) = ("\(source)/\(entry.name)", "\(directory)/\(entry.name)")
            let status = try FileSystem.linkStatus(from)
            if status.isSymlink {
                try FileSystem.createSymlink(into, target: try FileSystem.readLink(from))
                continue
            }
            if status.isDirectory {
                try FileSystem.makeDirectory(into, mode: 0o755)
            } else {
                try FileSystem.writeFile(into, [])
            }
            try MountTable.bind(from, to: into)
        }
    }
}
