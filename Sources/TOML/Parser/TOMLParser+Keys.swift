/// One part of a dotted key.
struct KeySegment {
    var key: String
    var hash: KeyHash
    /// Where it stands.
    var offset: UInt32
}

// MARK: - Keys

extension TOMLParser {
    /// Reads a key with its dots and adds the places of its segments to the path.
    ///
    /// - Returns: The last segment, and those before it.
    mutating func parseKey() throws(TOMLError) -> (last: KeySegment, parents: [KeySegment]) {
        var parents: [KeySegment] = []
        while true {
            let segment = try parseKeySegment()
            path.append(segment.offset)
            guard path.count &+ openValues <= Self.depthLimit else { throw tooDeep() }
            skipBlanks()
            guard skip(.dot) else { return (segment, parents) }
            parents.append(segment)
            skipBlanks()
        }
    }

    private mutating func parseKeySegment() throws(TOMLError) -> KeySegment {
        let start = cursor
        let key: String
        switch peek() {
        case .doubleQuote?:
            guard peek(ahead: 1) != .doubleQuote || peek(ahead: 2) != .doubleQuote else {
                throw failure("a multi-line string can't be a key")
            }
            key = try parseBasicString()
        case .singleQuote?:
            guard peek(ahead: 1) != .singleQuote || peek(ahead: 2) != .singleQuote else {
                throw failure("a multi-line string can't be a key")
            }
            key = try parseLiteralString()
        default:
            return try parseBareKey()
        }
        return KeySegment(key: key, hash: KeyHash(key), offset: UInt32(truncatingIfNeeded: start))
    }

    private mutating func parseBareKey() throws(TOMLError) -> KeySegment {
        let start = cursor
        var end = start
        while end < text.count, text[end].isBareKey { end &+= 1 }
        guard end > start else { throw failure("expected a key, found \(found())") }
        cursor = end
        let bytes = UnsafeBufferPointer(rebasing: text[start..<end])
        let words = KeyWords(UnsafeRawBufferPointer(bytes))
        let hash = KeyHash(UnsafeRawBufferPointer(bytes), words)
        let offset = UInt32(truncatingIfNeeded: start)
        if let key = knownKeys.find(words, hash) { return KeySegment(key: key, hash: hash, offset: offset) }
        let key = string(bytes)
        knownKeys.remember(key, words, hash)
        return KeySegment(key: key, hash: hash, offset: offset)
    }

    /// The keys of the path, for messages: read once more, as the path itself knows only where they stand.
    @inline(never)
    func keysOfPath() -> [String] {
        path.map { offset in
            var reader = TOMLParser(text, of: source)
            reader.cursor = Int(offset)
            return (try? reader.parseKeySegment().key) ?? ""
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
        let (last, parents) = try parseKey()
        guard skip(.equals) else { throw failure("expected \"=\" after the key, found \(found())") }
        skipBlanks()

        if parents.isEmpty {
            try parseValue(of: last, into: table)
        } else {
            var inner = table
            for segment in parents { inner = try dottedTable(segment, in: inner) }
            try parseValue(of: last, into: inner)
        }
        while path.count > outer { path.removeLast() }
    }

    private mutating func parseValue(of segment: KeySegment, into table: TableStorage) throws(TOMLError) {
        if let earlier = table.find(segment.key, segment.hash) {
            throw alreadyDefined(segment, table.entries[earlier])
        }
        let valueOffset = UInt32(truncatingIfNeeded: cursor)
        // The value goes straight into the entry, since a copy of it would be retained and released.
        table.append(
            TableStorage.Entry(
                key: segment.key,
                value: try parseValue(),
                hash: segment.hash,
                keyOffset: segment.offset,
                valueOffset: valueOffset
            )
        )
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
