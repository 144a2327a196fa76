/// A JSON object: keys and their values in the order of the document.
///
/// Keys are equal when their bytes are.
public struct JSONObject: Sendable {
    private var members: [Element] = []
    /// Where each key is in `members`; filled once there are more than a plain search should look at.
    private var places: [ByteKey: Int] = [:]

    private static let searchLimit = 16

    public init() {}

    /// The keys in order.
    public var keys: [String] { members.map { $0.key } }

    /// The value of a key, or nil when the object has no such key.
    ///
    /// Setting a value replaces the one that is there or adds the key at the end; setting nil removes the key.
    public subscript(_ key: String) -> JSONValue? {
        get {
            guard let place = place(of: key) else { return nil }
            return members[place].value
        }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            if let place = place(of: key) {
                members[place].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Adds a member and tells whether its key was new; if not, nothing changes.
    mutating func add(_ key: String, _ value: JSONValue) -> Bool {
        guard place(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if members.count > Self.searchLimit + 1 {
            places[ByteKey(key)] = members.count - 1
        } else if members.count == Self.searchLimit + 1 {
            indexAll()
        }
    }

    private mutating func remove(_ key: String) {
        guard let place = place(of: key) else { return }
        members.remove(at: place)
        indexAll()
    }

    private mutating func indexAll() {
        places = [:]
        guard members.count > Self.searchLimit else { return }
        for (place, member) in members.enumerated() {
            places[ByteKey(member.key)] = place
        }
    }

    private func place(of key: String) -> Int? {
        guard places.isEmpty else { return places[ByteKey(key)] }
        return members.firstIndex { ByteKey($0.key) == ByteKey(key) }
    }
}

extension JSONObject: RandomAccessCollection {
    /// A key and its value.
    public typealias Element = (key: String, value: JSONValue)

    /// Zero.
    public var startIndex: Int { 0 }

    /// The number of members.
    public var endIndex: Int { members.count }

    /// The member at a place in the order, from zero.
    public subscript(position: Int) -> Element { members[position] }
}

extension JSONObject: Equatable {
    /// Tells whether both objects hold the same keys with equal values, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { member in right[member.key] == member.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes an object of the given members in their order; a key given twice keeps its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements {
            self[key] = value
        }
    }
}

/// A string that is compared by its bytes, where Swift's own comparison knows canonical equivalence.
private struct ByteKey: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
