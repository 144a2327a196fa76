import CPOSIX
import POSIX

/// The devices that every program may expect.
enum Devices {
    static let names = ["null", "zero", "full", "random", "urandom", "tty"]
    static let links = [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")]

    /// Mounts a `/dev`.
    /// - Parameter point: The directory.
    /// - Throws: When the directory can't be covered.
    static func mount(at point: String) throws(POSIXError) {
        try MountTable.mountMemory(at: point, mode: 0o755, megabytes: 1)
        for name in names where FileSystem.exists("/dev/\(name)") {
            // Bound, since in a user namespace nobody can make devices.
            try FileSystem.writeFile("\(point)/\(name)", [])
            try MountTable.bind("/dev/\(name)", to: "\(point)/\(name)")
        }
        for (name, target) in links { try FileSystem.createSymlink("\(point)/\(name)", target: "/proc/self/\(target)") }
        try FileSystem.makeDirectory("\(point)/shm")
        try MountTable.mountMemory(at: "\(point)/shm", mode: 0o1777, megabytes: nil)
        try FileSystem.makeDirectory("\(point)/pts")
        let terminals = "\(point)/pts"
        let isMounted = cposix_mount_terminals(terminals, "newinstance,ptmxmode=0666,mode=0620") == 0
        if isMounted { try FileSystem.createSymlink("\(point)/ptmx", target: "pts/ptmx") }
    }
}
