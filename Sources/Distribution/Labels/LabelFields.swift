import CNBCore
import JSON
import OCI

/// Typed access to an object in a label, with the tolerance of Go's decoder: an absent member and `null` are the zero
/// value, anything of another type is an error.
struct LabelFields {
    /// The label and the image that it is of, for errors.
    let label: String
    let image: String
    /// Where in the label the object is, with a point at the end; empty at the top.
    let place: String
    let object: JSONObject

    init(_ object: JSONObject, label: String, image: String, place: String) {
        (self.label, self.image, self.place, self.object) = (label, image, place, object)
    }

    init(_ value: JSONValue, label: String, image: String, place: String = "") throws(DistributionError) {
        (self.label, self.image, self.place) = (label, image, place)
        guard let object = value.objectValue else {
            let prefix = place.isEmpty ? "" : "\(place.dropLast()): "
            let reason = "\(prefix)expected an object, found \(value.typeName)"
            throw .malformedLabel(label, image: image, reason: reason)
        }
        self.object = object
    }

    /// The value of a label of an image; nil when the image has no such label or its text is empty.
    static func value(of label: String, in config: ImageConfig, image: String) throws(DistributionError) -> JSONValue? {
        guard let text = config.container.labels[label], !text.isEmpty else { return nil }
        try checkSize(text.utf8.count, of: "label \(label) of \(image)", limit: FileLimit.label)
        do {
            return try JSONParser.parse(text, duplicateKeys: .lastWins)
        } catch {
            throw .malformedLabel(label, image: image, reason: "\(error)")
        }
    }

    func error(_ key: String, _ reason: String) -> DistributionError {
        .malformedLabel(label, image: image, reason: "\(place)\(key): \(reason)")
    }

    private func mismatch(_ key: String, _ expected: String, _ found: JSONValue) -> DistributionError {
        error(key, "expected \(expected), found \(found.typeName)")
    }

    private func value(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func text(_ key: String) throws(DistributionError) -> String {
        guard let value = value(key) else { return "" }
        guard let text = value.stringValue else { throw mismatch(key, "a string", value) }
        return text
    }

    func boolean(_ key: String) throws(DistributionError) -> Bool {
        guard let value = value(key) else { return false }
        guard let flag = value.booleanValue else { throw mismatch(key, "a boolean", value) }
        return flag
    }

    func texts(_ key: String) throws(DistributionError) -> [String] {
        guard let value = value(key) else { return [] }
        guard let elements = value.arrayValue else { throw mismatch(key, "an array", value) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw mismatch(key, "an array of strings", element) }
            texts.append(text)
        }
        return texts
    }

    func fields(_ key: String) throws(DistributionError) -> LabelFields? {
        guard let value = value(key) else { return nil }
        return try LabelFields(value, label: label, image: image, place: "\(place)\(key).")
    }

    func list(_ key: String) throws(DistributionError) -> [LabelFields] {
        guard let value = value(key) else { return [] }
        guard let elements = value.arrayValue else { throw mismatch(key, "an array", value) }
        var list: [LabelFields] = []
        for (number, element) in elements.enumerated() {
            list.append(try LabelFields(element, label: label, image: image, place: "\(place)\(key)[\(number)]."))
        }
        return list
    }
}
