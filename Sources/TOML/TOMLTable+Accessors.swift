// Typed access to a table's entries. Keys are found as the reference finds the fields of a struct: by an exact match,
// else by one that ignores the case of ASCII letters. Use the subscript for tables whose keys are data.

extension TOMLTable {
    /// The string of a key, or nil when the key is absent.
    ///
    /// - Throws: A positioned error when the value is of another type.
    public func string(_ key: String) throws(TOMLError) -> String? {
        guard let entry = field(key) else { return nil }
        guard case .string(let text) = entry.value else { throw mismatch("a string", entry) }
        return text
    }

    /// The integer of a key, or nil when the key is absent.
    ///
    /// - Throws: A positioned error when the value is of another type.
    public func integer(_ key: String) throws(TOMLError) -> Int64? {
        guard let entry = field(key) else { return nil }
        guard case .integer(let number) = entry.value else { throw mismatch("an integer", entry) }
        return number
    }

    /// The boolean of a key, or nil when the key is absent.
    ///
    /// - Throws: A positioned error when the value is of another type.
    public func boolean(_ key: String) throws(TOMLError) -> Bool? {
        guard let entry = field(key) else { return nil }
        guard case .boolean(let flag) = entry.value else { throw mismatch("a boolean", entry) }
        return flag
    }

    /// The table of a key, or nil when the key is absent.
    ///
    /// - Throws: A positioned error when the value is of another type.
    public func table(_ key: String) throws(TOMLError) -> TOMLTable? {
        guard let entry = field(key) else { return nil }
        guard case .table(let table) = entry.value else { throw mismatch("a table", entry) }
        return table
    }

    /// The array of a key, or nil when the key is absent.
    ///
    /// - Throws: A positioned error when the value is of another type.
    public func array(_ key: String) throws(TOMLError) -> TOMLArray? {
        guard let entry = field(key) else { return nil }
        guard case .array(let array) = entry.value else { throw mismatch("an array", entry) }
        return array
    }

    /// The strings of a key's array, or nil when the key is absent.
    ///
    /// - Throws: A positioned error when the value is not an array, or an element not a string.
    public func strings(_ key: String) throws(TOMLError) -> [String]? {
        guard let entry = field(key) else { return nil }
        guard case .array(let array) = entry.value else { throw mismatch("an array of strings", entry) }
        var strings: [String] = []
        strings.reserveCapacity(array.count)
        for element in array.places {
            guard case .string(let text) = element.value else { throw mismatch("a string", element, of: entry) }
            strings.append(text)
        }
        return strings
    }

    /// The tables of a key's array, or nil when the key is absent.
    ///
    /// - Throws: A positioned error when the value is not an array, or an element not a table.
    public func tables(_ key: String) throws(TOMLError) -> [TOMLTable]? {
        guard let entry = field(key) else { return nil }
        guard case .array(let array) = entry.value else { throw mismatch("an array of tables", entry) }
        var tables: [TOMLTable] = []
        tables.reserveCapacity(array.count)
        for element in array.places {
            guard case .table(let table) = element.value else { throw mismatch("a table", element, of: entry) }
            tables.append(table)
        }
        return tables
    }

    /// The string of a key that has to be there.
    ///
    /// - Throws: A positioned error when the key is absent or the value of another type.
    public func requiredString(_ key: String) throws(TOMLError) -> String {
        guard let text = try string(key) else { throw missing(key) }
        return text
    }

    /// The table of a key that has to be there.
    ///
    /// - Throws: A positioned error when the key is absent or the value of another type.
    public func requiredTable(_ key: String) throws(TOMLError) -> TOMLTable {
        guard let table = try table(key) else { throw missing(key) }
        return table
    }
}

// MARK: - Places and errors

extension TOMLTable {
    /// Where the table begins, or nil when it was not read from a document.
    public var position: TOMLPosition? {
        guard let source = storage.source, storage.offset != .noOffset else { return nil }
        return source.position(at: storage.offset)
    }

    /// Where the value of a key begins, or nil when the key is absent or was not read from a document.
    public func position(of key: String) -> TOMLPosition? {
        guard let entry = field(key), let source = storage.source, entry.valueOffset != .noOffset else { return nil }
        return source.position(at: entry.valueOffset)
    }

    /// An error about the value of a key, or about the table as a whole, for rules that TOML itself doesn't know.
    ///
    /// - Parameters:
    ///   - message: What is wrong, in lower case without a full stop.
    ///   - key: The key concerned; nil, and a key that is absent, point at the table.
    /// - Returns: The error with the file, the place and the key path, as far as they are known.
    public func error(_ message: String, at key: String? = nil) -> TOMLError {
        if let key, let entry = field(key) {
            return error(message, offset: entry.valueOffset, fallback: entry.key)
        }
        return error(message, offset: storage.offset, fallback: "")
    }

    private func missing(_ key: String) -> TOMLError {
        error("missing key \(TOMLWriter.key(key))")
    }

    private func mismatch(_ expected: String, _ entry: TableStorage.Entry) -> TOMLError {
        error("expected \(expected), found \(entry.value.typeName)", offset: entry.valueOffset, fallback: entry.key)
    }

    private func mismatch(
        _ expected: String,
        _ element: TOMLArray.Place,
        of entry: TableStorage.Entry
    ) -> TOMLError {
        error("expected \(expected), found \(element.value.typeName)", offset: element.offset, fallback: entry.key)
    }

    private func error(_ message: String, offset: UInt32, fallback: String) -> TOMLError {
        guard let source = storage.source else { return TOMLError(file: "", keyPath: fallback, message: message) }
        let place = offset != .noOffset ? offset : storage.offset
        return source.error(message, at: place, keyPath: place == 0 ? "" : source.keyPath(at: place))
    }

    private func field(_ key: String) -> TableStorage.Entry? {
        if let number = storage.find(key) { return storage.entries[number] }
        return storage.entries.first { equalsIgnoringCase($0.key, key) }
    }
}

private func equalsIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
