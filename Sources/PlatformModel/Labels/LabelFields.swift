import JSON

/// Typed access to the members of a label's object, with the tolerance of Go's decoder: an absent member and `null` are
/// the zero value, anything of another type is an error.
struct LabelFields {
    /// The label, for errors.
    let label: String
    /// The members.
    let object: JSONObject

    init(label: String, _ value: JSONValue) throws(PlatformModelError) {
        guard let object = value.objectValue else {
            throw .unexpectedLabel(name: label, "expected an object, found \(value.typeName)")
        }
        self.label = label
        self.object = object
    }

    /// The member with a key, where it is there and not `null`.
    func value(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func text(_ key: String) throws(PlatformModelError) -> String {
        guard let value = value(key) else { return "" }
        guard let text = value.stringValue else { throw mismatch(key, "a string", value) }
        return text
    }

    /// The diff id in the record of a layer.
    func diffID() throws(PlatformModelError) -> RecordedDiffID { RecordedDiffID(text: try text("sha")) }

    func boolean(_ key: String) throws(PlatformModelError) -> Bool {
        guard let value = value(key) else { return false }
        guard let flag = value.booleanValue else { throw mismatch(key, "a boolean", value) }
        return flag
    }

    func fields(_ key: String) throws(PlatformModelError) -> LabelFields? {
        guard let value = value(key) else { return nil }
        return try LabelFields(label: label, value)
    }

    func list(_ key: String) throws(PlatformModelError) -> [LabelFields] {
        guard let value = value(key) else { return [] }
        guard let elements = value.arrayValue else { throw mismatch(key, "an array", value) }
        var list: [LabelFields] = []
        for element in elements { list.append(try LabelFields(label: label, element)) }
        return list
    }

    func texts(_ key: String) throws(PlatformModelError) -> [String] {
        guard let value = value(key) else { return [] }
        guard let elements = value.arrayValue else { throw mismatch(key, "an array", value) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw mismatch(key, "a string", element) }
            texts.append(text)
        }
        return texts
    }

    private func mismatch(_ key: String, _ expected: String, _ value: JSONValue) -> PlatformModelError {
        .unexpectedLabel(name: label, "\(key): expected \(expected), found \(value.typeName)")
    }
}
