/// A header block as it is in the stream, before extended headers change it.
struct RawTarHeader {
    /// The block's type flag.
    let kind: UInt8
    let size: Int64
    /// Whether a final slash makes a directory of it: archives older than ustar have no type for directories.
    let mayBeDirectory: Bool
    let sparseMap: SparseMap?
    let header: TarHeader

    /// Reads and verifies a block.
    ///
    /// - Parameters:
    ///   - block: 512 bytes.
    ///   - offset: where the block is in the stream, for errors.
    /// - Throws: `ArchiveError.malformedTar`.
    init(_ block: [UInt8], offset: Int64) throws(ArchiveError) {
        func malformed(_ reason: String) -> ArchiveError { .malformedTar(offset: offset, reason: reason) }
        func number(_ field: TarBlock.Field, _ name: String) throws(ArchiveError) -> Int64 {
            guard let value = TarField.number(block, field) else { throw malformed("broken \(name)") }
            return value
        }
        guard TarField.checksumIsRight(block) else { throw malformed("wrong header checksum") }

        let magic = block[TarBlock.magic.offset..<TarBlock.magic.offset + 8]
        let isGNU = magic.elementsEqual("ustar  \u{0}".utf8)
        let isPOSIX = magic.prefix(6).elementsEqual("ustar\u{0}".utf8)
        let flag = block[TarBlock.kind.offset]
        kind = flag
        size = try number(TarBlock.contentSize, "size")
        guard size >= 0 else { throw malformed("negative size") }
        mayBeDirectory = flag == 0
        sparseMap = flag == UInt8(ascii: "S") && isGNU ? SparseMap(header: block) : nil

        let entryKind: TarEntryKind
        switch flag {
        case 0, UInt8(ascii: "7"), UInt8(ascii: "S"): entryKind = .file
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"): entryKind = .file
        default:
            guard let known = TarEntryKind(rawValue: flag) else { throw malformed("unknown entry type \(flag)") }
            entryKind = known
        }
        var header = TarHeader(
            name: TarField.text(block, TarBlock.name),
            kind: entryKind,
            mode: try number(TarBlock.mode, "mode"),
            uid: try number(TarBlock.uid, "user id"),
            gid: try number(TarBlock.gid, "group id"),
            size: size,
            linkName: TarField.text(block, TarBlock.linkName),
            modificationTime: TarTime(seconds: try number(TarBlock.modificationTime, "modification time"))
        )
        if isGNU || isPOSIX {
            header.userName = TarField.text(block, TarBlock.userName)
            header.groupName = TarField.text(block, TarBlock.groupName)
            header.deviceMajor = try number(TarBlock.deviceMajor, "device number")
            header.deviceMinor = try number(TarBlock.deviceMinor, "device number")
        }
        if isPOSIX {
            header.formats = [.ustar, .pax]
            let prefix = TarField.text(block, TarBlock.prefix)
            if !prefix.isEmpty { header.name = prefix + [UInt8(ascii: "/")] + header.name }
        } else {
            header.formats = isGNU ? .gnu : []
            if isGNU, block[TarBlock.gnuAccessTime.offset] != 0 {
                header.accessTime = TarField.number(block, TarBlock.gnuAccessTime).map { TarTime(seconds: $0) }
            }
            if isGNU, block[TarBlock.gnuChangeTime.offset] != 0 {
                header.changeTime = TarField.number(block, TarBlock.gnuChangeTime).map { TarTime(seconds: $0) }
            }
        }
        self.header = header
    }
}

/// How fields of header blocks are read.
enum TarField {
    /// A text up to its NUL, if it has one.
    static func text(_ block: [UInt8], _ field: TarBlock.Field) -> [UInt8] {
        Array(block[field.offset..<field.offset + field.length].prefix { $0 != 0 })
    }

    /// A number in octal or in GNU's binary form; nil if it is neither, or has more than 63 bits.
    static func number(_ block: [UInt8], _ field: TarBlock.Field) -> Int64? {
        number(block[field.offset..<field.offset + field.length])
    }

    static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        if let first = bytes.first, first & 0x80 != 0 { return binary(bytes, isNegative: first & 0x40 != 0) }
        let digits = trimmed(bytes)
        guard digits.count <= 21 else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard case UInt8(ascii: "0")...UInt8(ascii: "7") = digit, value < 1 << 60 else { return nil }
            value = value << 3 | Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isFill = { (byte: UInt8) in byte == 0 || byte == UInt8(ascii: " ") }
        let rest = bytes.drop(while: isFill)
        guard let last = rest.lastIndex(where: { !isFill($0) }) else { return [] }
        return rest[...last].prefix { $0 != 0 }
    }

    private static func binary(_ bytes: ArraySlice<UInt8>, isNegative: Bool) -> Int64? {
        let inversion: UInt8 = isNegative ? 0xFF : 0
        var value: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            guard value >> 56 == 0 else { return nil }
            value = value << 8 | UInt64((byte ^ inversion) & (index == 0 ? 0x7F : 0xFF))
        }
        guard value >> 63 == 0 else { return nil }
        return isNegative ? ~Int64(value) : Int64(value)
    }

    /// Whether the sum of all bytes is right, taken as unsigned or, as some old programs do, as signed numbers.
    static func checksumIsRight(_ block: [UInt8]) -> Bool {
        guard let stored = number(block, TarBlock.checksum) else { return false }
        func sum(_ value: (UInt8) -> Int64) -> Int64 {
            let field = block[TarBlock.checksum.offset..<TarBlock.checksum.offset + TarBlock.checksum.length]
            let all = block.reduce(into: Int64(0)) { $0 &+= value($1) }
            // The field counts as if it were blank.
            return all - field.reduce(into: Int64(0)) { $0 &+= value($1) - Int64(UInt8(ascii: " ")) }
        }
        return stored == sum { Int64($0) } || stored == sum { Int64(Int8(bitPattern: $0)) }
    }
}

/// What the extended headers before an entry say about it.
struct TarMetadata {
    private var records: [String: [UInt8]] = [:]
    private var longName: [UInt8]?
    private var longLink: [UInt8]?

    var isEmpty: Bool { records.isEmpty && longName == nil && longLink == nil }

    /// Takes the content of an extended header; false if it is malformed.
    ///
    /// Global ones are read and forgotten.
    mutating func add(_ content: [UInt8], kind: UInt8) -> Bool {
        switch kind {
        case UInt8(ascii: "L"): longName = Array(content.prefix { $0 != 0 })
        case UInt8(ascii: "K"): longLink = Array(content.prefix { $0 != 0 })
        default:
            guard let parsed = PAXRecords.parse(content) else { return false }
            if kind == UInt8(ascii: "x") { records = parsed }
        }
        return true
    }

    /// Puts the records' values into a header; false if one of them is malformed.
    ///
    /// An empty value changes nothing.
    func apply(to header: inout TarHeader) -> Bool {
        if !records.isEmpty {
            header.paxRecords = records
            header.formats?.formIntersection(.pax)
        } else if header.formats?.contains(.ustar) == true {
            header.formats = .ustar
        }
        if longName != nil || longLink != nil { header.formats?.formIntersection(.gnu) }
        for (key, value) in records where !value.isEmpty {
            guard apply(key, value, to: &header) else { return false }
        }
        if let longName { header.name = longName }
        if let longLink { header.linkName = longLink }
        return true
    }

    private func apply(_ key: String, _ value: [UInt8], to header: inout TarHeader) -> Bool {
        switch key {
        case PAXKey.path: header.name = value
        case PAXKey.linkPath: header.linkName = value
        case PAXKey.userName: header.userName = value
        case PAXKey.groupName: header.groupName = value
        case PAXKey.uid: return set(&header.uid, PAXRecords.signedDecimal(value))
        case PAXKey.gid: return set(&header.gid, PAXRecords.signedDecimal(value))
        case PAXKey.size: return set(&header.size, PAXRecords.decimal(value))
        case PAXKey.modificationTime: return set(&header.modificationTime, PAXRecords.time(value))
        case PAXKey.accessTime: return set(&header.accessTime, PAXRecords.time(value))
        case PAXKey.changeTime: return set(&header.changeTime, PAXRecords.time(value))
        case PAXKey.sparseName: header.name = value
        default: break
        }
        return true
    }

    private func set<Value>(_ field: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        field = value
        return true
    }

    // MARK: - Sparse files

    /// The logical size of a sparse file.
    var sparseSize: Int64? {
        (records[PAXKey.sparseSize] ?? records[PAXKey.sparseRealSize]).flatMap { PAXRecords.decimal($0) }
    }

    /// The map of formats 0.0 and 0.1, offsets and lengths in turn; a malformed one is odd and refused later.
    var sparseMap: [Int64]? {
        guard !hasSparseMapInContent, let map = records[PAXKey.sparseMap] else { return nil }
        guard !map.isEmpty else { return [] }
        return map.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            PAXRecords.decimal($0) ?? -1
        }
    }

    /// Whether the content starts with a map, as in format 1.0.
    var hasSparseMapInContent: Bool {
        records[PAXKey.sparseMajor] == Array("1".utf8) && records[PAXKey.sparseMinor] == Array("0".utf8)
    }
}
