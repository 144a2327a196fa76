/// Writes a header in the least format that holds it: ustar, then PAX, then GNU's.
///
/// The rules are those of Go's `archive/tar`, down to which records appear and how PAX headers are named, since
/// the diffIDs of layers depend on every byte.
struct TarHeaderEncoder {
    private let header: TarHeader
    private var formats: TarFormats = [.ustar, .pax, .gnu]
    private var records: [String: [UInt8]] = [:]
    private var prefersPAX = false

    /// The blocks of one header: records or long names first, where they are needed.
    ///
    /// - Parameter header: the entry to describe.
    /// - Returns: a multiple of 512 bytes.
    /// - Throws: `ArchiveError.unencodableHeader`.
    static func encode(_ header: TarHeader) throws(ArchiveError) -> [UInt8] {
        var header = header
        if header.formats == nil {
            // Fractions and further times would make every header a PAX header; they need an explicit choice.
            if header.modificationTime.nanoseconds >= 500_000_000 { header.modificationTime.seconds &+= 1 }
            header.modificationTime.nanoseconds = 0
            header.accessTime = nil
            header.changeTime = nil
        }
        var encoder = TarHeaderEncoder(header: header)
        try encoder.chooseFormats()
        if encoder.formats.contains(.ustar) { return encoder.ustarBlocks() }
        if encoder.formats.contains(.pax) { return try encoder.paxBlocks() }
        if encoder.formats.contains(.gnu) { return encoder.gnuBlocks() }
        throw .unencodableHeader(name: header.displayName, reason: "no tar format can hold it")
    }

    private init(header: TarHeader) {
        self.header = header
    }

    // MARK: - Which formats are possible

    private mutating func chooseFormats() throws(ArchiveError) {
        check(header.name, TarBlock.name, key: PAXKey.path)
        check(header.linkName, TarBlock.linkName, key: PAXKey.linkPath)
        check(header.userName, TarBlock.userName, key: PAXKey.userName)
        check(header.groupName, TarBlock.groupName, key: PAXKey.groupName)
        check(header.mode, TarBlock.mode, key: nil)
        check(header.uid, TarBlock.uid, key: PAXKey.uid)
        check(header.gid, TarBlock.gid, key: PAXKey.gid)
        check(header.size, TarBlock.contentSize, key: PAXKey.size)
        check(header.deviceMajor, TarBlock.deviceMajor, key: nil)
        check(header.deviceMinor, TarBlock.deviceMinor, key: nil)
        check(header.modificationTime, TarBlock.modificationTime, key: PAXKey.modificationTime)
        if let time = header.accessTime { check(time, TarBlock.gnuAccessTime, key: PAXKey.accessTime) }
        if let time = header.changeTime { check(time, TarBlock.gnuChangeTime, key: PAXKey.changeTime) }

        switch header.kind {
        case .file, .characterDevice, .blockDevice, .fifo:
            guard header.name.last != UInt8(ascii: "/") else { throw refusal("the name ends with a slash") }
        case .hardLink, .symbolicLink, .directory: break
        }
        guard header.size >= 0 else { throw refusal("negative size") }
        if !header.paxRecords.isEmpty {
            for (key, value) in header.paxRecords
            where records[key] == nil && !PAXKey.fields.contains(key) && !key.hasPrefix(PAXKey.sparsePrefix) {
                records[key] = value
            }
            formats.formIntersection(.pax)
        }
        for (key, value) in records where !PAXRecords.isValid(key: key, value: value) {
            throw refusal("invalid PAX record \(key)")
        }
        if var wanted = header.formats {
            if wanted.contains(.pax), !prefersPAX { wanted.insert(.ustar) }
            formats.formIntersection(wanted)
        }
    }

    private mutating func check(_ text: [UInt8], _ field: TarBlock.Field, key: String) {
        let isTooLong = text.count > field.length
        let isName = key == PAXKey.path || key == PAXKey.linkPath
        if text.contains(0) || isTooLong && !isName { formats.remove(.gnu) }
        text.withUnsafeBytes { bytes in
            guard isTooLong || !TarBlock.isPlain(bytes) else { return }
            if key != PAXKey.path || !TarBlock.isPlain(bytes) || TarBlock.splitIndex(bytes) == nil {
                formats.remove(.ustar)
            }
            records[key] = text
        }
        if header.paxRecords[key] == text { records[key] = text }
    }

    private mutating func check(_ number: Int64, _ field: TarBlock.Field, key: String?) {
        if !TarBlock.fitsBinary(number, field) { formats.remove(.gnu) }
        let decimal = Array(String(number).utf8)
        if !TarBlock.fitsOctal(number, field) {
            formats.remove(.ustar)
            if let key { records[key] = decimal } else { formats.remove(.pax) }
        }
        if let key, header.paxRecords[key] == decimal { records[key] = decimal }
    }

    private mutating func check(_ time: TarTime, _ field: TarBlock.Field, key: String) {
        let isModification = key == PAXKey.modificationTime
        let fits = isModification && TarBlock.fitsOctal(time.seconds, field)
        if !TarBlock.fitsBinary(time.seconds, field) { formats.remove(.gnu) }
        if !fits { formats.remove(.ustar) }
        if !fits || time.nanoseconds != 0 {
            prefersPAX = true
            records[key] = PAXRecords.format(time)
        }
        if header.paxRecords[key] == PAXRecords.format(time) { records[key] = PAXRecords.format(time) }
    }

    private func refusal(_ reason: String) -> ArchiveError {
        .unencodableHeader(name: header.displayName, reason: reason)
    }

    // MARK: - Blocks

    private func ustarBlocks() -> [UInt8] {
        block(magic: TarBlock.posixMagic) { writer in
            writer.set(TarBlock.name, bytes: header.name)
            writer.set(TarBlock.linkName, bytes: header.linkName)
            header.name.withUnsafeBytes { name in
                guard TarBlock.isPlain(name), let split = TarBlock.splitIndex(name) else { return }
                (writer.block + TarBlock.name.offset).initializeMemory(
                    as: UInt8.self,
                    repeating: 0,
                    count: TarBlock.name.length
                )
                writer.set(TarBlock.prefix, bytes: UnsafeRawBufferPointer(rebasing: name[..<split]))
                writer.set(TarBlock.name, bytes: UnsafeRawBufferPointer(rebasing: name[(split + 1)...]))
            }
            setNumbers(writer) { writer.set($0, octal: $1) }
            writer.set(TarBlock.userName, bytes: header.userName)
            writer.set(TarBlock.groupName, bytes: header.groupName)
        }
    }

    private func paxBlocks() throws(ArchiveError) -> [UInt8] {
        var blocks: [UInt8] = []
        if !records.isEmpty {
            let keys = records.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let data = keys.flatMap { PAXRecords.format(key: $0, value: records[$0] ?? []) }
            guard data.count <= PAXRecords.longest else { throw refusal("the PAX records are too long") }
            blocks = Self.extraFile(
                name: Self.paxHeaderName(header.name),
                data: data,
                kind: UInt8(ascii: "x"),
                magic: TarBlock.posixMagic
            )
        }
        return blocks
            + block(magic: TarBlock.posixMagic) { writer in
                Self.setText(writer, TarBlock.name, Self.plain(header.name))
                Self.setText(writer, TarBlock.linkName, Self.plain(header.linkName))
                Self.setText(writer, TarBlock.userName, Self.plain(header.userName))
                Self.setText(writer, TarBlock.groupName, Self.plain(header.groupName))
                // What does not fit is in the records; the field then holds zero.
                setNumbers(writer) { writer.set($0, octal: TarBlock.fitsOctal($1, $0) ? $1 : 0) }
            }
    }

    private func gnuBlocks() -> [UInt8] {
        var blocks: [UInt8] = []
        for (text, kind) in [(header.name, UInt8(ascii: "L")), (header.linkName, UInt8(ascii: "K"))]
        where text.count > TarBlock.name.length {
            blocks += Self.extraFile(
                name: Array("././@LongLink".utf8),
                data: text + [0],
                kind: kind,
                magic: TarBlock.gnuMagic
            )
        }
        return blocks
            + block(magic: TarBlock.gnuMagic) { writer in
                func setNumber(_ field: TarBlock.Field, _ value: Int64) {
                    if TarBlock.fitsOctal(value, field) {
                        writer.set(field, octal: value)
                    } else {
                        writer.set(field, binary: value)
                    }
                }
                Self.setText(writer, TarBlock.name, header.name)
                Self.setText(writer, TarBlock.linkName, header.linkName)
                Self.setText(writer, TarBlock.userName, header.userName)
                Self.setText(writer, TarBlock.groupName, header.groupName)
                setNumbers(writer, setNumber)
                if let time = header.accessTime { setNumber(TarBlock.gnuAccessTime, time.seconds) }
                if let time = header.changeTime { setNumber(TarBlock.gnuChangeTime, time.seconds) }
            }
    }

    private func setNumbers(_ writer: TarBlockWriter, _ set: (TarBlock.Field, Int64) -> Void) {
        writer.set(kind: header.kind.rawValue)
        set(TarBlock.mode, header.mode)
        set(TarBlock.uid, header.uid)
        set(TarBlock.gid, header.gid)
        set(TarBlock.contentSize, header.size)
        set(TarBlock.modificationTime, header.modificationTime.seconds)
        set(TarBlock.deviceMajor, header.deviceMajor)
        set(TarBlock.deviceMinor, header.deviceMinor)
    }

    private func block(magic: StaticString, _ fill: (TarBlockWriter) -> Void) -> [UInt8] {
        Self.block(magic: magic, fill)
    }

    private static func block(magic: StaticString, _ fill: (TarBlockWriter) -> Void) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: TarBlock.size)
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            let writer = TarBlockWriter(clearing: base)
            fill(writer)
            writer.set(TarBlock.magic, text: magic)
            writer.finish()
        }
        return bytes
    }

    /// A pseudo file whose content describes the entry after it.
    private static func extraFile(name: [UInt8], data: [UInt8], kind: UInt8, magic: StaticString) -> [UInt8] {
        var short = Array(plain(name).prefix(TarBlock.name.length))
        while short.last == UInt8(ascii: "/") { short.removeLast() }
        let header = block(magic: magic) { writer in
            writer.set(kind: kind)
            setText(writer, TarBlock.name, short)
            writer.set(TarBlock.mode, octal: 0)
            writer.set(TarBlock.uid, octal: 0)
            writer.set(TarBlock.gid, octal: 0)
            writer.set(TarBlock.contentSize, octal: Int64(data.count))
            writer.set(TarBlock.modificationTime, octal: 0)
        }
        return header + data + [UInt8](repeating: 0, count: TarBlock.padding(after: Int64(data.count)))
    }

    /// Writes as much of a text as fits.
    ///
    /// A cut that would end in a slash loses it, since some readers take a regular file with a final slash for a
    /// directory.
    private static func setText(_ writer: TarBlockWriter, _ field: TarBlock.Field, _ text: [UInt8]) {
        var short = text[...]
        if text.count > field.length {
            short = text.prefix(field.length)
            if short.last == UInt8(ascii: "/") {
                while short.last == UInt8(ascii: "/") { short.removeLast() }
            }
        }
        writer.set(field, bytes: Array(short))
    }

    /// What is left of a text without the bytes that ustar fields can't hold.
    private static func plain(_ text: [UInt8]) -> [UInt8] {
        text.filter { $0 != 0 && $0 < 0x80 }
    }

    /// The name of the records' pseudo file: the entry's name with `PaxHeaders.0` before its last component.
    private static func paxHeaderName(_ name: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let start = name.lastIndex(of: slash).map { $0 + 1 } ?? 0
        let components =
            name[..<start].split(separator: slash) + [Array("PaxHeaders.0".utf8)[...]]
            + (start < name.count ? [name[start...]] : [])
        var kept: [ArraySlice<UInt8>] = []
        let isAbsolute = name.first == slash
        for component in components where !component.elementsEqual([UInt8(ascii: ".")]) {
            guard component.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) else {
                kept.append(component)
                continue
            }
            if let last = kept.last, !last.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
                kept.removeLast()
            } else if !isAbsolute {
                kept.append(component)
            }
        }
        return (isAbsolute ? [slash] : []) + Array(kept.joined(separator: [slash]))
    }
}
