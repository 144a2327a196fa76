import CPOSIX

/// A limit that the kernel holds a process to.
public struct ResourceLimit: Hashable, Sendable {
    /// The resource's number, as `setrlimit` has it.
    var resource: Int32
    /// How much there may be.
    var value: UInt64

    /// The size of core files, in bytes.
    public static func coreFiles(_ bytes: UInt64) -> ResourceLimit {
        ResourceLimit(resource: CPOSIX_LIMIT_CORE, value: bytes)
    }
    /// The number of open files of a process.
    public static func openFiles(_ count: UInt64) -> ResourceLimit {
        ResourceLimit(resource: CPOSIX_LIMIT_FILES, value: count)
    }
    /// The number of processes of the user, those outside of the sandbox included.
    public static func processes(_ count: UInt64) -> ResourceLimit {
        ResourceLimit(resource: CPOSIX_LIMIT_PROCESSES, value: count)
    }
    /// The memory of a process, in bytes of address space.
    public static func memory(_ bytes: UInt64) -> ResourceLimit {
        ResourceLimit(resource: CPOSIX_LIMIT_ADDRESS_SPACE, value: bytes)
    }
    /// The processor time of a process, in seconds.
    public static func processorTime(_ seconds: UInt64) -> ResourceLimit {
        ResourceLimit(resource: CPOSIX_LIMIT_CPU, value: seconds)
    }
    /// The size of a file that a process writes, in bytes.
    public static func fileSize(_ bytes: UInt64) -> ResourceLimit {
        ResourceLimit(resource: CPOSIX_LIMIT_FILE_SIZE, value: bytes)
    }
}
