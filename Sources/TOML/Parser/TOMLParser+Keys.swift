/// One part of a dotted key.
struct KeySegment {
    var key: String
    var hash: KeyHash
    /// Where it stands.
    var offset: UInt32
}

// MARK: - Keys

extension TOMLParser {
    /// Reads a key with its dots and adds its segments to the path.
    mutating func parseKey() throws(TOMLError) {
        while true {
            path.append(try parseKeySegment())
            guard path.count &+ openValues <= Self.depthLimit else { throw tooDeep() }
            skipBlanks()
            guard skip(.dot) else { return }
            skipBlanks()
        }
    }

    private mutating func parseKeySegment() throws(TOMLError) -> KeySegment {
        let start = cursor
        switch peek() {
        case .doubleQuote?:
            guard peek(ahead: 1) != .doubleQuote || peek(ahead: 2) != .doubleQuote else {
                throw failure("a multi-line string can't be a key")
            }
            let key = try parseBasicString()
            return KeySegment(key: key, hash: KeyHash(key), offset: UInt32(truncatingIfNeeded: start))
        case .singleQuote?:
            guard peek(ahead: 1) != .singleQuote || peek(ahead: 2) != .singleQuote else {
                throw failure("a multi-line string can't be a key")
            }
            let key = try parseLiteralString()
            return KeySegment(key: key, hash: KeyHash(key), offset: UInt32(truncatingIfNeeded: start))
        default:
            var end = start
            while end < text.count, text[end].isBareKey { end &+= 1 }
            cursor = end
            guard end > start else { throw failure("expected a key, found \(found())") }
            let bytes = UnsafeBufferPointer(rebasing: text[start..<cursor])
            return KeySegment(
                key: String(decoding: bytes, as: UTF8.self),
                hash: KeyHash(UnsafeRawBufferPointer(bytes)),
                offset: UInt32(truncatingIfNeeded: start)
            )
        }
    }

    func tooDeep() -> TOMLError {
        failure("nested more than \(Self.depthLimit) levels deep")
    }
}

// MARK: - Key = value

extension TOMLParser {
    /// Reads a key, an equals sign and a value, and adds them to a table.
    mutating func parseEntry(into table: TableStorage) throws(TOMLError) {
        let outer = path.count
        try parseKey()
        guard skip(.equals) else { throw failure("expected \"=\" after the key, found \(found())") }
        skipBlanks()

        let last = path[path.count - 1]
        var table = table
        for place in outer..<(path.count - 1) {
            table = try dottedTable(path[place], in: table)
        }
        if let earlier = table.find(last.key, last.hash) {
            throw alreadyDefined(last, table.entries[earlier])
        }
        let valueOffset = UInt32(truncatingIfNeeded: cursor)
        let value = try parseValue()
        table.append(
            TableStorage.Entry(
                key: last.key,
                value: value,
                hash: last.hash,
                keyOffset: last.offset,
                valueOffset: valueOffset
            )
        )
        while path.count > outer { path.removeLast() }
    }

    /// The table that a part of a dotted key leads to, which is made if need be.
    private func dottedTable(_ segment: KeySegment, in table: TableStorage) throws(TOMLError) -> TableStorage {
        guard let number = table.find(segment.key, segment.hash) else {
            return addTable(segment, to: table, origin: .dottedKey)
        }
        let entry = table.entries[number]
        guard case .table(let existing) = entry.value else {
            throw failure(
                "key \(TOMLWriter.key(segment.key)) is \(entry.value.typeName)\(whence(entry)) and can't have keys below it",
                at: Int(segment.offset)
            )
        }
        switch existing.storage.origin {
        case .dottedKey: break
        case .impliedByHeader: existing.storage.origin = .dottedKey
        case .header, .inline, .program:
            throw failure(
                "table \(TOMLWriter.key(segment.key)) is complete\(whence(entry)), a dotted key can't add to it",
                at: Int(segment.offset)
            )
        }
        return existing.storage
    }

    /// Adds an empty table at a key that is not there yet.
    func addTable(_ segment: KeySegment, to table: TableStorage, origin: TableOrigin) -> TableStorage {
        let storage = TableStorage(origin: origin, source: source, offset: segment.offset)
        add(.table(TOMLTable(storage)), segment, to: table)
        return storage
    }

    /// Adds a value whose place is that of its key.
    func add(_ value: TOMLValue, _ segment: KeySegment, to table: TableStorage) {
        table.append(
            TableStorage.Entry(
                key: segment.key,
                value: value,
                hash: segment.hash,
                keyOffset: segment.offset,
                valueOffset: segment.offset
            )
        )
    }

    func alreadyDefined(_ segment: KeySegment, _ earlier: TableStorage.Entry) -> TOMLError {
        failure("key \(TOMLWriter.key(segment.key)) is already defined\(whence(earlier))", at: Int(segment.offset))
    }

    /// Where an earlier entry stands, for messages.
    func whence(_ entry: TableStorage.Entry) -> String {
        " in line \(source.position(at: entry.keyOffset).line)"
    }
}
