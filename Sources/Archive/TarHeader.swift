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

/// One entry's metadata. Names are raw bytes, as in file systems.
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
    /// The content's length in bytes; 0 for everything but regular files.
    public var size: Int64
    /// The modification time in seconds since 1970.
    public var modificationTime: Int64
    /// The major number of a device.
    public var deviceMajor: Int64 = 0
    /// The minor number of a device.
    public var deviceMinor: Int64 = 0

    /// Makes a header.
    ///
    /// - Parameters:
    ///   - name: the entry's path.
    ///   - kind: what the entry is.
    ///   - mode: permission, setuid, setgid and sticky bits.
    ///   - uid: the numeric user id.
    ///   - gid: the numeric group id.
    ///   - size: the content's length in bytes.
    ///   - modificationTime: seconds since 1970.
    public init(
        name: [UInt8],
        kind: TarEntryKind,
        mode: Int64,
        uid: Int64 = 0,
        gid: Int64 = 0,
        size: Int64 = 0,
        modificationTime: Int64 = TarHeader.normalizedTime
    ) {
        self.name = name
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.size = size
        self.modificationTime = modificationTime
    }

    /// The modification time of all entries in layers: 1980-01-01T00:00:01Z.
    public static let normalizedTime: Int64 = 315_532_801
}
