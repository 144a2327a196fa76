public import TOML

/// The keys that a file of the buildpack interface may have, to find those that were misspelt.
///
/// Unknown keys are no errors, as buildpacks may be newer than the lifecycle; but the author of a misspelt `comand`
/// should be told.
public struct KnownKeys: Sendable {
    /// The keys, each with those of its table or tables; nil where anything may follow.
    private let keys: [String: KnownKeys?]

    /// Keys, each with those of its table or tables; nil where anything may follow.
    ///
    /// - Parameter keys: The keys in lower case.
    public init(_ keys: [String: KnownKeys?]) { self.keys = keys }

    /// Keys whose values are not looked into.
    ///
    /// - Parameter names: The keys in lower case.
    public init(names: String...) { keys = Dictionary(uniqueKeysWithValues: names.map { ($0, nil) }) }

    /// Those of launch.toml.
    public static let launch = KnownKeys([
        "bom": nil,
        "labels": KnownKeys(names: "key", "value"),
        "processes": KnownKeys(
            names: "type",
            "command",
            "args",
            "direct",
            "default",
            "working-dir",
            "exec-env"
        ),
        "slices": KnownKeys(names: "paths"),
    ])

    /// Those of build.toml.
    public static let build = KnownKeys(["bom": nil, "unmet": KnownKeys(names: "name")])

    /// Those of `<layer>.toml`.
    public static let layer = KnownKeys([
        "types": KnownKeys(names: "build", "launch", "cache"), "metadata": nil,
        // Of Buildpack APIs before 0.6; today they are an error of their own.
        "build": nil, "launch": nil, "cache": nil,
    ])

    /// A key that is not known.
    public struct Unknown: Hashable, Sendable {
        /// The key with those above it: `processes.comand`.
        public var path: String
        /// The key.
        public var name: String
        /// The keys that there are in its place.
        public var known: [String]
    }

    /// The unknown keys of a table, each once.
    public func unknown(in table: TOMLTable) -> [Unknown] {
        var seen: Set<Unknown> = []
        return unknown(in: table, below: "").filter { seen.insert($0).inserted }
    }

    private func unknown(in table: TOMLTable, below path: String) -> [Unknown] {
        table.keys.flatMap { name -> [Unknown] in
            // Tables are read without regard to the case of letters.
            guard let entry = keys.first(where: { $0.key == name.lowercased() }) else {
                return [Unknown(path: path + name, name: name, known: keys.keys.sorted())]
            }
            guard let inner = entry.value else { return [] }
            switch table[name] {
            case .table(let inside): return inner.unknown(in: inside, below: "\(path)\(name).")
            case .array(let elements):
                return elements.flatMap { element -> [Unknown] in
                    guard case .table(let inside) = element else { return [] }
                    return inner.unknown(in: inside, below: "\(path)\(name).")
                }
            default: return []
            }
        }
    }
}
