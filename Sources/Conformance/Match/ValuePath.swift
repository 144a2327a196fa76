/// The way to a value in a document: keys, and numbers of elements, with dots between them.
///
/// Keys with dots are quoted as in TOML; `*` stands for any key or element.
struct ValuePath: Hashable {
    var segments: [String]

    init(_ segments: [String]) {
        self.segments = segments
    }

    /// Reads a path; nil when a quote isn't closed, or a segment is empty.
    init?(_ text: String) {
        var segments: [String] = []
        var current = ""
        var quote: Character?
        var isQuoted = false
        for character in text {
            switch (character, quote) {
            case (let character, .some(let open)):
                if character == open { quote = nil } else { current.append(character) }
            case ("\"", nil) where current.isEmpty, ("'", nil) where current.isEmpty:
                quote = character
                isQuoted = true
            case (".", nil):
                guard !current.isEmpty || isQuoted else { return nil }
                segments.append(current)
                (current, isQuoted) = ("", false)
            default:
                current.append(character)
            }
        }
        guard quote == nil, !current.isEmpty || isQuoted else { return nil }
        self.segments = segments + [current]
    }

    /// Whether this path, which may have stars, stands for another.
    func covers(_ other: ValuePath) -> Bool {
        segments.count == other.segments.count && zip(segments, other.segments).allSatisfy { $0 == $1 || $0 == "*" }
    }

    func appending(_ segment: String) -> ValuePath {
        ValuePath(segments + [segment])
    }

    /// The places of a value that the path leads to, with their own paths.
    func places(in value: Value) -> [(path: ValuePath, value: Value)] {
        var places = [(path: ValuePath([]), value: value)]
        for segment in segments {
            places = places.flatMap { place in
                Self.children(of: place.value, segment).map { (place.path.appending($0.key), $0.value) }
            }
        }
        return places
    }

    private static func children(of value: Value, _ segment: String) -> [Value.Member] {
        switch value {
        case .table(let members):
            return members.filter { segment == "*" || $0.key == segment }
        case .array(let elements):
            let numbered = elements.enumerated().map { Value.Member(key: String($0.offset), value: $0.element) }
            return numbered.filter { segment == "*" || $0.key == segment }
        default:
            return []
        }
    }
}

extension ValuePath: CustomStringConvertible {
    var description: String {
        segments.map { $0.contains(".") || $0.isEmpty ? "\"\($0)\"" : $0 }.joined(separator: ".")
    }
}
