/// The kinds of tar entries that layers are made of.
public enum TarEntryKind: UInt8, Sendable {
    /// A regular file.
    case file = 0x30
    /// A further name of an earlier entry.
    case hardLink = 0x31
    /// A symbolic link.
    case symbolicLink = 0x32
    /// A character device.
    case characterDevice = 0x33
    /// A block device.
    case blockDevice = 0x34
    /// A directory.
    case directory = 0x35
    /// A named pipe.
    case fifo = 0x36
}

/// The header formats that archives mix; a set, since some headers are valid in several.
public struct TarFormats: OptionSet, Hashable, Sendable {
    /// POSIX.1-1988: names up to 256 bytes, ASCII, numbers in octal.
    public static let ustar = TarFormats(rawValue: 1)
    /// POSIX.1-2001: further records before the header for what ustar cannot hold.
    public static let pax = TarFormats(rawValue: 2)
    /// GNU tar's own format.
    public static let gnu = TarFormats(rawValue: 4)

    /// One bit for each format.
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }
}

/// A moment as tar headers know it.
public struct TarTime: Hashable, Sendable {
    /// The modification time of all entries in layers: 1980-01-01T00:00:01Z.
    public static let normalized = TarTime(seconds: 315_532_801)

    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    public var seconds: Int64
    /// Nanoseconds after `seconds`, 0 to 999,999,999.
    public var nanoseconds: Int64

    public init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

/// A piece of a sparse file that has bytes in the archive; all else in the file is zeros.
public struct SparseFragment: Hashable, Sendable {
    /// Where the piece starts in the file, in bytes.
    public let offset: Int64
    /// How many bytes it has.
    public let length: Int64
}

/// One entry's metadata.
///
/// Names are raw bytes, as in file systems.
public struct TarHeader: Sendable {
    /// The entry's path, as it is in the archive.
    public var name: [UInt8]
    /// What the entry is.
    public var kind: TarEntryKind
    /// The target of a symbolic or hard link.
    public var linkName: [UInt8] = []
    /// Permission, setuid, setgid and sticky bits.
    public var mode: Int64
    /// The numeric user id.
    public var uid: Int64
    /// The numeric group id.
    public var gid: Int64
    /// The content's length in bytes, holes included; 0 for everything but regular files.
    public var size: Int64
    /// When the content was modified last.
    public var modificationTime: TarTime
    /// When the content was read last, where the archive tells.
    public var accessTime: TarTime?
    /// When the metadata was changed last, where the archive tells.
    public var changeTime: TarTime?
    /// The user's name.
    public var userName: [UInt8] = []
    /// The group's name.
    public var groupName: [UInt8] = []
    /// The major number of a device.
    public var deviceMajor: Int64 = 0
    /// The minor number of a device.
    public var deviceMinor: Int64 = 0
    /// The PAX records of an entry that was read, extended attributes among them.
    public var paxRecords: [String: [UInt8]] = [:]
    /// The formats that an entry was read as, or may be written in; nil leaves the choice to the writer.
    public var formats: TarFormats?
    /// The pieces of a sparse file that have bytes, in order; nil for an ordinary file.
    public var sparseFragments: [SparseFragment]?

    public init(
        name: [UInt8],
        kind: TarEntryKind,
        mode: Int64,
        uid: Int64 = 0,
        gid: Int64 = 0,
        size: Int64 = 0,
        linkName: [UInt8] = [],
        modificationTime: TarTime = .normalized
    ) {
        self.name = name
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.size = size
        self.linkName = linkName
        self.modificationTime = modificationTime
    }

    /// The name for messages; bytes that are no UTF-8 become replacement characters.
    public var displayName: String { String(decoding: name, as: UTF8.self) }
}
