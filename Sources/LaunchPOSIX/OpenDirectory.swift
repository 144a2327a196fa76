internal import CPOSIX

/// A name in a directory.
public struct DirectoryEntry: Hashable, Sendable {
    /// What a name stands for; a symbolic link is not followed.
    public enum Kind: Hashable, Sendable {
        /// A directory.
        case directory
        /// A symbolic link to anything.
        case symbolicLink
        /// A regular file.
        case file
        /// Anything else.
        case other
    }

    /// The name.
    public let name: [UInt8]
    /// What it stands for.
    public let kind: Kind

    /// Whether this is a directory of a name, or a link that may lead to one.
    ///
    /// - Parameter wanted: The name.
    /// - Returns: Whether it is worth listing.
    public func mayBeDirectory(named wanted: String) -> Bool {
        (kind == .directory || kind == .symbolicLink) && name.elementsEqual(wanted.utf8)
    }
}

/// A directory that is open: what is in it is reached without walking its path each time.
public struct OpenDirectory: ~Copyable {
    /// The path that it was opened by, for messages.
    public let path: RawPath
    private let descriptor: Int32

    private init(_ path: RawPath, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// Opens a directory; a symbolic link to one will do.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The directory, or nil if nothing is there.
    /// - Throws: What opening failed with; `ENOTDIR` if it is not a directory.
    public static func ifThere(_ path: RawPath) throws(SystemError) -> OpenDirectory? {
        let result = path.withCString { FileReading.open($0, in: AT_FDCWD, O_RDONLY | O_DIRECTORY) }
        return try OpenDirectory.opened(path, result)
    }

    /// Opens a directory below this one; a symbolic link to one will do.
    ///
    /// - Parameter path: The directory: this one's path and more.
    /// - Returns: The directory, or nil if nothing is there.
    /// - Throws: What opening failed with; `ENOTDIR` if it is not a directory.
    public func directoryIfThere(_ path: RawPath) throws(SystemError) -> OpenDirectory? {
        let ownCount = self.path.bytes.last == UInt8(ascii: "/") ? self.path.bytes.count : self.path.bytes.count + 1
        let result = path.withCString { FileReading.open($0 + ownCount, in: descriptor, O_RDONLY | O_DIRECTORY) }
        return try OpenDirectory.opened(path, result)
    }

    private static func opened(_ path: RawPath, _ result: Int32) throws(SystemError) -> OpenDirectory? {
        if result >= 0 { return OpenDirectory(path, result) }
        if result == -ENOENT { return nil }
        throw SystemError(operation: "open", path: path, code: -result)
    }

    // MARK: - Files

    /// The contents of a file that is likely to be a few bytes long.
    ///
    /// - Parameters:
    ///   - entry: A file of this directory.
    ///   - limit: The most that it may hold, in bytes.
    /// - Returns: Its bytes.
    /// - Throws: What `open` or `read` failed with; `EISDIR` for a link to a directory.
    public func contents(of entry: DirectoryEntry, limit: Int) throws(SystemError) -> [UInt8] {
        func path() -> RawPath { self.path.appending(entry.name) }
        let file = RawPath(bytes: entry.name).withCString { FileReading.openFile($0, in: descriptor) }
        if file < 0 { throw SystemError(operation: "open", path: path(), code: -file) }
        defer { _ = close(file) }
        if entry.kind != .file { try FileReading.checkKind(of: file, path: path()) }
        // A regular file that gives less than was asked for has come to its end; anything else may have more to say.
        return try FileReading.contents(of: file, path: path(), isRegular: entry.kind == .file, limit: limit)
    }

    // MARK: - Listing

    /// The entries, sorted bytewise, without `.` and `..`.
    ///
    /// - Returns: The entries.
    /// - Throws: What listing failed with.
    public func entries() throws(SystemError) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        _ = try forEachEntry { name, kind in
            entries.append(DirectoryEntry(name: [UInt8](copying: name), kind: kind))
        }
        if entries.count > 1 { entries.sort { $0.name.precedes($1.name) } }
        return entries
    }

    /// Goes through the entries as the kernel lists them, without `.` and `..`.
    ///
    /// - Parameters:
    ///   - maximumCalls: How often to ask the kernel at most.
    ///   - body: What to do with each name and what it stands for.
    /// - Returns: Whether that were all.
    /// - Throws: What listing failed with.
    public func forEachEntry(
        maximumCalls: Int = .max,
        _ body: (UnsafeRawBufferPointer, DirectoryEntry.Kind) -> Void
    ) throws(SystemError) -> Bool {
        var calls = 0
        while calls < maximumCalls {
            calls += 1
            switch someEntries(body) {
            case .end: return true
            case .more: continue
            case .failure(let code): throw SystemError(operation: "readdirent", path: path, code: code)
            }
        }
        return false
    }

    private enum Progress {
        case more
        case end
        case failure(Int32)
    }

    private func someEntries(_ body: (UnsafeRawBufferPointer, DirectoryEntry.Kind) -> Void) -> Progress {
        withUnsafeTemporaryAllocation(byteCount: FileReading.smallSize, alignment: 8) { buffer in
            let received = launcher_getdents(descriptor, buffer.baseAddress, buffer.count)
            if received < 0 { return .failure(cposix_errno()) }
            if received == 0 { return .end }
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<received])
            var next: Int64 = 0
            while let record = DirectoryRecord(first: rest) {
                rest = UnsafeRawBufferPointer(rebasing: rest[record.length...])
                next = record.next
                if record.isDots { continue }
                body(record.name, record.type == UInt8(DT_UNKNOWN) ? kind(of: record.name) : record.kind)
            }
            return DirectoryRecord.isEnd(next) ? .end : .more
        }
    }

    /// What a name stands for where the file system's listing doesn't say.
    private func kind(of name: UnsafeRawBufferPointer) -> DirectoryEntry.Kind {
        let type = RawPath(bytes: [UInt8](copying: name)).withCString { launcher_file_type(descriptor, $0) }
        return DirectoryRecord.kind(UInt8(truncatingIfNeeded: type))
    }
}

/// A record of what `getdents64` delivers.
struct DirectoryRecord {
    /// The name, as long as the buffer is there.
    let name: UnsafeRawBufferPointer
    /// A `DT_` constant.
    let type: UInt8
    /// The bytes of the whole record.
    let length: Int
    /// The position in the directory after this entry.
    let next: Int64

    /// The first record of a buffer; nil at its end.
    init?(first bytes: UnsafeRawBufferPointer) {
        let nameOffset = 19
        guard bytes.count > nameOffset else { return nil }
        length = Int(bytes.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
        guard length > nameOffset, length <= bytes.count else { return nil }
        next = bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self)
        type = bytes[18]
        let field = UnsafeRawBufferPointer(rebasing: bytes[nameOffset..<length])
        name = UnsafeRawBufferPointer(rebasing: field[..<(field.firstPlace(of: 0) ?? field.count)])
    }

    /// Whether this is the directory itself or the one above.
    var isDots: Bool {
        guard let first = name.first, first == UInt8(ascii: "."), name.count <= 2 else { return false }
        return name.count == 1 || name[1] == first
    }

    /// What the name stands for, if the type is known.
    var kind: DirectoryEntry.Kind { Self.kind(type) }

    static func kind(_ type: UInt8) -> DirectoryEntry.Kind {
        switch Int(type) {
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .symbolicLink
        case Int(DT_REG): .file
        default: .other
        }
    }

    /// Whether a position is the one after all entries, so that the kernel need not be asked for more.
    ///
    /// File systems whose positions are hashes or numbers that go on from entry to entry (ext4, tmpfs, and overlays of
    /// them) keep the largest number of 64 or of 32 bits for the end. With others it takes one call more to see the end.
    static func isEnd(_ position: Int64) -> Bool { position == Int64.max || position == Int64(Int32.max) }
}
