import CPOSIX
import Glibc

/// What kind of file a directory entry is.
public enum FileType: Hashable, Sendable {
    /// An ordinary file.
    case regular
    /// A directory.
    case directory
    /// A symbolic link.
    case symlink
    /// A named pipe.
    case fifo
    /// A Unix socket.
    case socket
    /// A character device.
    case characterDevice
    /// A block device.
    case blockDevice
    /// A kind that this program does not know.
    case unknown
}

extension FileType {
    /// The kind in words, with its article: "a FIFO".
    public var phrase: String {
        switch self {
        case .regular: "an ordinary file"
        case .directory: "a directory"
        case .symlink: "a symbolic link"
        case .fifo: "a FIFO"
        case .socket: "a socket"
        case .characterDevice: "a character device"
        case .blockDevice: "a block device"
        case .unknown: "something of an unknown kind"
        }
    }
}

/// Permission bits, with setuid, setgid and sticky.
public struct FileMode: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The bits, at most `0o7777`.
    public var rawValue: UInt32

    /// Keeps the lowest twelve bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue & 0o7777
    }

    /// Keeps the lowest twelve bits.
    public init(integerLiteral value: UInt32) {
        self.init(rawValue: value)
    }

    /// Whether owner, group or others may execute the file.
    public var isExecutable: Bool { rawValue & 0o111 != 0 }
}

/// A moment in seconds and nanoseconds since 1970 in UTC.
public struct FileTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970, negative before.
    public var seconds: Int64
    /// Nanoseconds after that second, from 0 to 999,999,999.
    public var nanoseconds: Int64

    public init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    init(_ time: timespec) {
        self.init(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    var timespec: timespec { .init(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds)) }

    /// Earlier before later.
    public static func < (left: FileTime, right: FileTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

/// What the file system knows about a file.
public struct FileStatus: Hashable, Sendable {
    /// The kind of file.
    public var type: FileType
    /// Permission bits.
    public var mode: FileMode
    /// The owner.
    public var uid: UInt32
    /// The owner's group.
    public var gid: UInt32
    /// The size in bytes; for a symbolic link, of its target's name.
    public var size: Int64
    /// When the contents were last changed.
    public var mtime: FileTime
    /// When anything about the file, its contents included, was last changed; programs can't choose this time.
    public var ctime: FileTime
    /// How many names the file has.
    public var nlink: UInt64
    /// The device that holds the file.
    public var dev: UInt64
    /// The file's number on that device.
    public var ino: UInt64
    /// Major number, of a device file.
    public var deviceMajor: UInt32
    /// Minor number, of a device file.
    public var deviceMinor: UInt32

    init(_ raw: stat) {
        type = FileType(modeBits: raw.st_mode)
        mode = FileMode(rawValue: raw.st_mode)
        uid = raw.st_uid
        gid = raw.st_gid
        size = Int64(raw.st_size)
        mtime = FileTime(raw.st_mtim)
        ctime = FileTime(raw.st_ctim)
        nlink = UInt64(raw.st_nlink)
        dev = UInt64(raw.st_dev)
        ino = UInt64(raw.st_ino)
        deviceMajor = cposix_major(raw.st_rdev)
        deviceMinor = cposix_minor(raw.st_rdev)
    }

    /// Whether it is a directory.
    public var isDirectory: Bool { type == .directory }
    /// Whether it is an ordinary file.
    public var isRegular: Bool { type == .regular }
    /// Whether it is `/dev/null`, which has nothing to read.
    public var isNullDevice: Bool { type == .characterDevice && deviceMajor == 1 && deviceMinor == 3 }
    /// Whether it is a symbolic link.
    public var isSymlink: Bool { type == .symlink }
}

extension FileType {
    init(modeBits: mode_t) {
        switch modeBits & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symlink
        case S_IFIFO: self = .fifo
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        default: self = .unknown
        }
    }

    /// The type that `readdir` reports; `unknown` where the file system does not say.
    init(directoryEntryType: UInt8) {
        switch Int(directoryEntryType) {
        case Int(DT_REG): self = .regular
        case Int(DT_DIR): self = .directory
        case Int(DT_LNK): self = .symlink
        case Int(DT_FIFO): self = .fifo
        case Int(DT_SOCK): self = .socket
        case Int(DT_CHR): self = .characterDevice
        case Int(DT_BLK): self = .blockDevice
        default: self = .unknown
        }
    }
}
