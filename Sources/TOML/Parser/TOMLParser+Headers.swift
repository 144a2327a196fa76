extension TOMLParser {
    /// Reads a `[header]` or `[[header]]` and returns the table that it begins.
    mutating func parseHeader(_ root: TableStorage) throws(TOMLError) -> TableStorage {
        path.removeAll(keepingCapacity: true)
        cursor &+= 1
        // Between the two brackets no space is allowed.
        let isArray = skip(.leftBracket)
        skipBlanks()
        let (last, parents) = try parseKey()
        guard skip(.rightBracket) else { throw failure("expected \"]\" or \".\" in a header, found \(found())") }
        if isArray, !skip(.rightBracket) {
            throw failure("expected \"]]\" at the end of an array's header, found \(found())")
        }

        var table = root
        for segment in parents { table = try headerParent(segment, in: table) }
        return isArray ? try appendTable(last, in: table) : try defineTable(last, in: table)
    }

    /// The table that a part of a header before its last one leads to, which is made if need be.
    private func headerParent(_ segment: KeySegment, in table: TableStorage) throws(TOMLError) -> TableStorage {
        guard let number = table.find(segment.key, segment.hash) else {
            return addTable(segment, to: table, origin: .impliedByHeader)
        }
        let entry = table.entries[number]
        switch entry.value {
        case .table(let existing):
            guard existing.storage.origin == .inline else { return existing.storage }
            throw failure(
                "inline table \(TOMLWriter.key(segment.key)) is complete\(whence(entry)), a header can't add to it",
                at: Int(segment.offset)
            )
        case .array(let array):
            if array.isFromHeaders, case .table(let latest)? = array.last { return latest.storage }
            throw failure(
                "array \(TOMLWriter.key(segment.key)) is complete\(whence(entry)), a header can't add to it",
                at: Int(segment.offset)
            )
        default:
            throw failure(
                "key \(TOMLWriter.key(segment.key)) is \(entry.value.typeName)\(whence(entry)) and can't have keys below it",
                at: Int(segment.offset)
            )
        }
    }

    private func defineTable(_ segment: KeySegment, in table: TableStorage) throws(TOMLError) -> TableStorage {
        guard let number = table.find(segment.key, segment.hash) else {
            return addTable(segment, to: table, origin: .header)
        }
        let entry = table.entries[number]
        guard case .table(let existing) = entry.value, existing.storage.origin == .impliedByHeader else {
            throw alreadyDefined(segment, entry)
        }
        existing.storage.origin = .header
        return existing.storage
    }

    private func appendTable(_ segment: KeySegment, in table: TableStorage) throws(TOMLError) -> TableStorage {
        let storage = TableStorage(origin: .header, source: source, offset: segment.offset)
        let element = TOMLArray.Place(value: .table(TOMLTable(storage)), offset: segment.offset)
        guard let number = table.find(segment.key, segment.hash) else {
            add(.array(TOMLArray([element], isFromHeaders: true)), segment, to: table)
            return storage
        }
        // In a function of its own, so that nothing holds on to the array when it is changed.
        storage.entries.reserveCapacity(try sizeOfLastTable(in: table.entries[number], segment))
        table.appendElement(element, toArrayAt: number)
        return storage
    }

    /// How many entries the last table of an array has that headers may add to; the next one will have about as many.
    private func sizeOfLastTable(
        in entry: TableStorage.Entry,
        _ segment: KeySegment
    ) throws(TOMLError) -> Int {
        guard case .array(let array) = entry.value else { throw alreadyDefined(segment, entry) }
        guard array.isFromHeaders else {
            throw failure(
                "array \(TOMLWriter.key(segment.key)) is complete\(whence(entry)), a header can't add to it",
                at: Int(segment.offset)
            )
        }
        return array.last?.tableValue?.count ?? 0
    }
}
