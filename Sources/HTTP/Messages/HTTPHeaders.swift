/// The fields of a message's head, in order, with names that compare without case.
public struct HTTPHeaders: Hashable, Sendable {
    /// One field as it was written.
    public struct Field: Hashable, Sendable {
        /// The name in its original case.
        public let name: String
        /// The value without the blanks around it.
        public let value: String
    }

    /// All fields in the order they were added.
    public private(set) var fields: [Field] = []

    public init() {}

    /// Makes a list of the given fields, in order.
    public init(_ fields: [(String, String)]) {
        for (name, value) in fields { append(name, value) }
    }

    /// Adds a field after the ones that are there.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Removes all fields of that name.
    public mutating func remove(_ name: String) {
        fields.removeAll { Self.isSame($0.name, name) }
    }

    /// The first field of that name; assigning replaces all of them, or removes them with `nil`.
    public subscript(_ name: String) -> String? {
        get { fields.first { Self.isSame($0.name, name) }?.value }
        set {
            remove(name)
            if let newValue { append(name, newValue) }
        }
    }

    /// The values of all fields of that name, in order.
    public func values(_ name: String) -> [String] {
        fields.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// The comma-separated elements of all fields of that name, in lower case and without blanks.
    func tokens(_ name: String) -> [String] {
        values(name).flatMap { value in
            value.split(separator: ",").map { ASCII.trimmed($0).lowercased() }
        }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (one.utf8, other.utf8)
        guard one.count == other.count else { return false }
        return zip(one, other).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}
