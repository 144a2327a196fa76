import JSON

/// The fields of a JSON object in a manifest, index or config, read with types and errors that name the document.
///
/// As in all readers of the field, `null` and an absent field are the same.
struct DocumentFields {
    let object: JSONObject
    let document: String

    init(_ object: JSONObject, document: String) {
        self.object = object
        self.document = document
    }

    init(parsing bytes: [UInt8], document: String) throws(OCIError) {
        self.document = document
        let value: JSONValue
        do {
            // Images that were made by others may have duplicate keys; as in Go's decoder, the last one counts.
            value = try JSONParser.parse(bytes, source: "", duplicateKeys: .lastWins)
        } catch {
            throw .malformed(document: document, reason: "\(error)")
        }
        guard let object = value.objectValue else {
            throw .malformed(document: document, reason: "expected an object, found \(value.typeName)")
        }
        self.object = object
    }

    func malformed(_ reason: String) -> OCIError { .malformed(document: document, reason: reason) }

    func requireSchemaVersion() throws(OCIError) {
        guard object["schemaVersion"]?.integerValue == 2 else { throw malformed("expected schemaVersion 2") }
    }

    func string(_ key: String) throws(OCIError) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.stringValue else { throw wrongType(key, "a string", value) }
        return text
    }

    func boolean(_ key: String) throws(OCIError) -> Bool {
        guard let value = present(key) else { return false }
        guard let flag = value.booleanValue else { throw wrongType(key, "a boolean", value) }
        return flag
    }

    func size(_ key: String) throws(OCIError) -> Int64 {
        guard let value = present(key) else { throw malformed("\(key) is missing") }
        guard let number = value.integerValue, number >= 0 else { throw wrongType(key, "a number of bytes", value) }
        return number
    }

    func requiredString(_ key: String) throws(OCIError) -> String {
        guard let text = try string(key) else { throw malformed("\(key) is missing") }
        return text
    }

    func object(_ key: String) throws(OCIError) -> DocumentFields? {
        guard let value = present(key) else { return nil }
        guard let object = value.objectValue else { throw wrongType(key, "an object", value) }
        return DocumentFields(object, document: document)
    }

    func requiredObject(_ key: String) throws(OCIError) -> DocumentFields {
        guard let fields = try object(key) else { throw malformed("\(key) is missing") }
        return fields
    }

    func objects(_ key: String) throws(OCIError) -> [DocumentFields] {
        guard let value = present(key) else { return [] }
        guard let elements = value.arrayValue else { throw wrongType(key, "an array", value) }
        var result: [DocumentFields] = []
        for element in elements {
            guard let object = element.objectValue else { throw wrongType(key, "an array of objects", element) }
            result.append(DocumentFields(object, document: document))
        }
        return result
    }

    func list(_ key: String) throws(OCIError) -> [String] {
        guard let value = present(key) else { return [] }
        guard let elements = value.arrayValue else { throw wrongType(key, "an array", value) }
        var result: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw wrongType(key, "an array of strings", element) }
            result.append(text)
        }
        return result
    }

    func strings(_ key: String) throws(OCIError) -> [String: String] {
        guard let value = present(key) else { return [:] }
        guard let object = value.objectValue else { throw wrongType(key, "an object", value) }
        var result: [String: String] = [:]
        for (name, value) in object {
            if value.isNull {
                result[name] = ""
                continue
            }
            guard let text = value.stringValue else { throw wrongType("\(key).\(name)", "a string", value) }
            result[name] = text
        }
        return result
    }

    private func present(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    private func wrongType(_ key: String, _ expected: String, _ found: JSONValue) -> OCIError {
        malformed("\(key): expected \(expected), found \(found.typeName)")
    }
}

extension JSONValue {
    /// An object of strings with its keys in the order of their bytes, as Go writes maps.
    static func sorted(_ strings: [String: String]) -> JSONValue {
        var object = JSONObject()
        for key in strings.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            object[key] = strings[key].map(JSONValue.string)
        }
        return .object(object)
    }

    /// An array of strings.
    static func list(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }
}
