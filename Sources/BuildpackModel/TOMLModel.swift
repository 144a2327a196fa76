public import TOML

/// A noun of the specification that is read from a TOML table.
///
/// Keys that a type doesn't know are ignored, as buildpacks and platforms may be newer than the lifecycle.
public protocol TOMLReadable: Sendable {
    /// Reads the value from a table.
    ///
    /// - Throws: A positioned error when a value has the wrong type or breaks a rule of the specification.
    init(toml: TOMLTable) throws(TOMLError)
}

/// A noun of the specification that is written as a TOML table.
public protocol TOMLWritable: Sendable {
    /// The table, its keys in the order in which the reference writes them.
    var toml: TOMLTable { get }
}

extension TOMLTable {
    /// The elements of an array of tables as values of a type; empty when the key is absent.
    ///
    /// - Throws: A positioned error when the value is no array of tables, or what an element's initializer throws.
    public func values<Value: TOMLReadable>(
        _ key: String,
        as type: Value.Type = Value.self
    ) throws(TOMLError) -> [Value] {
        var values: [Value] = []
        for table in try tables(key) ?? [] {
            values.append(try Value(toml: table))
        }
        return values
    }

    /// Adds an array of tables unless it would be empty: the reference leaves out lists that it doesn't have.
    public mutating func setUnlessEmpty(_ key: String, _ values: [some TOMLWritable]) {
        guard !values.isEmpty else { return }
        set(key, .array(TOMLArray(tables: values.map(\.toml))))
    }

    /// Adds a string unless it is empty.
    public mutating func setUnlessEmpty(_ key: String, _ text: String) {
        guard !text.isEmpty else { return }
        set(key, .string(text))
    }
}
