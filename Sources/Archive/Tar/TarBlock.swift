/// The layout of a 512-byte header block, and how its fields are written.
enum TarBlock {
    static let size = 512

    /// One field: where it starts in the block, and how many bytes it has.
    struct Field {
        let offset: Int
        let length: Int
    }

    static let name = Field(offset: 0, length: 100)
    static let mode = Field(offset: 100, length: 8)
    static let uid = Field(offset: 108, length: 8)
    static let gid = Field(offset: 116, length: 8)
    static let contentSize = Field(offset: 124, length: 12)
    static let modificationTime = Field(offset: 136, length: 12)
    static let checksum = Field(offset: 148, length: 8)
    static let kind = Field(offset: 156, length: 1)
    static let linkName = Field(offset: 157, length: 100)
    static let magic = Field(offset: 257, length: 8)
    static let userName = Field(offset: 265, length: 32)
    static let groupName = Field(offset: 297, length: 32)
    static let deviceMajor = Field(offset: 329, length: 8)
    static let deviceMinor = Field(offset: 337, length: 8)
    static let prefix = Field(offset: 345, length: 155)
    static let gnuAccessTime = Field(offset: 345, length: 12)
    static let gnuChangeTime = Field(offset: 357, length: 12)
    static let gnuSparseMap = Field(offset: 386, length: 96)
    static let gnuSparseIsExtended = Field(offset: 482, length: 1)
    static let gnuRealSize = Field(offset: 483, length: 12)

    static let posixMagic: StaticString = "ustar\u{0}00"
    static let gnuMagic: StaticString = "ustar  \u{0}"

    /// The zeros that fill the last block of `size` bytes of content.
    static func padding(after size: Int64) -> Int {
        Int(-size & Int64(Self.size - 1))
    }

    /// Whether a number can be written in octal digits with a final NUL.
    static func fitsOctal(_ value: Int64, _ field: Field) -> Bool {
        value >= 0 && (field.length >= 22 || value < 1 << Int64((field.length - 1) * 3))
    }

    /// Whether a number can be written in GNU's binary form.
    static func fitsBinary(_ value: Int64, _ field: Field) -> Bool {
        guard field.length < 9 else { return true }
        let limit: Int64 = 1 << Int64((field.length - 1) * 8)
        return value >= -limit && value < limit
    }

    /// Where a long name can be cut at a slash, so that its parts fit ustar's prefix and name.
    ///
    /// - Parameter name: ASCII bytes.
    /// - Returns: the index of the slash that is left out; nil if the name is short enough or has no such slash.
    static func splitIndex(_ name: UnsafeRawBufferPointer) -> Int? {
        guard name.count > Self.name.length else { return nil }
        var end = name.count
        if end > prefix.length + 1 {
            end = prefix.length + 1
        } else if name[end - 1] == UInt8(ascii: "/") {
            end -= 1
        }
        guard let index = name[..<end].lastIndex(of: UInt8(ascii: "/")), index > 0 else { return nil }
        let suffix = name.count - index - 1
        return suffix > 0 && suffix <= Self.name.length && index <= prefix.length ? index : nil
    }

    /// Whether bytes are ASCII without NUL, which is all that ustar holds.
    static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 &- 1 < 0x7F }
    }
}

/// Writes the fields of one header block; the block must be zeros before.
struct TarBlockWriter {
    let block: UnsafeMutableRawPointer

    /// Starts a block.
    ///
    /// - Parameter block: 512 bytes, which are set to zero.
    init(clearing block: UnsafeMutableRawPointer) {
        self.block = block
        block.initializeMemory(as: UInt8.self, repeating: 0, count: TarBlock.size)
    }

    func set(_ field: TarBlock.Field, octal value: Int64) {
        var rest = UInt64(bitPattern: value)
        var index = field.offset + field.length - 2
        while index >= field.offset {
            block.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest & 7),
                toByteOffset: index,
                as: UInt8.self
            )
            rest >>= 3
            index -= 1
        }
    }

    func set(_ field: TarBlock.Field, binary value: Int64) {
        var rest = value
        for index in (field.offset..<field.offset + field.length).reversed() {
            block.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: index, as: UInt8.self)
            rest >>= 8
        }
        let first = block.load(fromByteOffset: field.offset, as: UInt8.self)
        block.storeBytes(of: first | 0x80, toByteOffset: field.offset, as: UInt8.self)
    }

    /// Copies as many bytes as the field holds.
    func set(_ field: TarBlock.Field, bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        (block + field.offset).copyMemory(from: base, byteCount: min(bytes.count, field.length))
    }

    func set(_ field: TarBlock.Field, bytes: [UInt8]) {
        bytes.withUnsafeBytes { set(field, bytes: $0) }
    }

    func set(_ field: TarBlock.Field, text: StaticString) {
        set(
            field,
            bytes: UnsafeRawBufferPointer(start: text.utf8Start, count: min(text.utf8CodeUnitCount, field.length))
        )
    }

    func set(kind: UInt8) {
        block.storeBytes(of: kind, toByteOffset: TarBlock.kind.offset, as: UInt8.self)
    }

    /// Sums the block up; must come last.
    func finish() {
        set(TarBlock.checksum, text: "        ")
        let bytes = UnsafeRawBufferPointer(start: block, count: TarBlock.size)
        let sum = bytes.reduce(into: 0) { $0 &+= Int64($1) }
        // Six digits, NUL, blank: the checksum's field alone is one digit shorter than the others of its length.
        set(TarBlock.Field(offset: TarBlock.checksum.offset, length: 7), octal: sum)
        block.storeBytes(of: 0, toByteOffset: TarBlock.checksum.offset + 6, as: UInt8.self)
    }
}

extension TarBlockWriter {
    /// Writes a whole ustar header, if all fields fit.
    ///
    /// This is the path of nearly every file of a layer; it allocates nothing.
    ///
    /// - Returns: false if another format is needed; the block is then left as it was.
    static func writeUSTAR(
        _ fields: TarNumbers,
        name: UnsafeRawBufferPointer,
        linkName: UnsafeRawBufferPointer,
        to block: UnsafeMutableRawPointer
    ) -> Bool {
        guard fields.fitOctal, TarBlock.isPlain(name), TarBlock.isPlain(linkName),
            linkName.count <= TarBlock.linkName.length
        else { return false }
        let split = TarBlock.splitIndex(name)
        guard split != nil || name.count <= TarBlock.name.length else { return false }

        let writer = TarBlockWriter(clearing: block)
        if let split {
            writer.set(TarBlock.prefix, bytes: UnsafeRawBufferPointer(rebasing: name[..<split]))
            writer.set(TarBlock.name, bytes: UnsafeRawBufferPointer(rebasing: name[(split + 1)...]))
        } else {
            writer.set(TarBlock.name, bytes: name)
        }
        writer.set(kind: fields.kind.rawValue)
        writer.set(TarBlock.linkName, bytes: linkName)
        writer.set(TarBlock.mode, octal: fields.mode)
        writer.set(TarBlock.uid, octal: fields.uid)
        writer.set(TarBlock.gid, octal: fields.gid)
        writer.set(TarBlock.contentSize, octal: fields.size)
        writer.set(TarBlock.modificationTime, octal: fields.modificationTime)
        writer.set(TarBlock.deviceMajor, octal: fields.deviceMajor)
        writer.set(TarBlock.deviceMinor, octal: fields.deviceMinor)
        writer.set(TarBlock.magic, text: TarBlock.posixMagic)
        writer.finish()
        return true
    }
}

/// The numbers of a header, apart from its names.
struct TarNumbers {
    var kind: TarEntryKind
    var mode: Int64
    var uid: Int64
    var gid: Int64
    var size: Int64 = 0
    var modificationTime = TarTime.normalized.seconds
    /// What the modification time has beyond whole seconds, for which ustar has no room.
    var nanoseconds: Int64 = 0
    var deviceMajor: Int64 = 0
    var deviceMinor: Int64 = 0

    /// Whether ustar can hold all of them.
    var fitOctal: Bool {
        nanoseconds == 0 && TarBlock.fitsOctal(mode, TarBlock.mode) && TarBlock.fitsOctal(uid, TarBlock.uid)
            && TarBlock.fitsOctal(gid, TarBlock.gid) && TarBlock.fitsOctal(size, TarBlock.contentSize)
            && TarBlock.fitsOctal(modificationTime, TarBlock.modificationTime)
            && TarBlock.fitsOctal(deviceMajor, TarBlock.deviceMajor)
            && TarBlock.fitsOctal(deviceMinor, TarBlock.deviceMinor)
    }
}
