internal import CNBCore

/// Environment variables in order, their names and values bytes that pass through unchanged.
///
/// A variable keeps its place when its value changes; new ones come last. The number of variables is small, so they
/// are found by looking through all of them.
public struct LaunchEnvironment: Equatable, Sendable {
    /// One variable as the kernel wants it, `NAME=value`.
    struct Entry: Equatable, Sendable {
        var bytes: [UInt8]
        var nameCount: Int

        var name: ArraySlice<UInt8> { bytes[..<nameCount] }
        var value: ArraySlice<UInt8> { bytes[(nameCount + 1)...] }
    }

    var variables: [Entry] = []

    /// No variables.
    public init() {}

    /// The variables of a process.
    ///
    /// - Parameter entries: `NAME=value` each. Of several with the same name the last one counts; one without `=` does
    ///   not count at all.
    public init(entries: some Sequence<[UInt8]>) {
        for entry in entries { append(entry) }
    }

    /// The variables of a process, given as text.
    ///
    /// - Parameter entries: `NAME=value` each, as in ``init(entries:)``.
    public init(strings entries: some Sequence<String>) {
        for entry in entries { append([UInt8](entry.utf8)) }
    }

    private mutating func append(_ entry: [UInt8]) {
        guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { return }
        let variable = Entry(bytes: entry, nameCount: equals)
        if let index = index(of: variable.name) {
            variables[index] = variable
        } else {
            variables.append(variable)
        }
    }

    // MARK: - Access by bytes

    /// The value of a variable.
    ///
    /// - Parameter name: The variable's name.
    /// - Returns: The value, or nil if the variable isn't set.
    public func value(of name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        index(of: name).map { variables[$0].value }
    }

    /// The value of a variable.
    ///
    /// - Parameter name: The variable's name.
    /// - Returns: The value as bytes, or nil if the variable isn't set.
    public func value(of name: String) -> ArraySlice<UInt8>? {
        value(of: [UInt8](name.utf8)[...])
    }

    /// Sets a variable.
    ///
    /// - Parameters:
    ///   - name: The variable's name.
    ///   - parts: What its value is made of, to be joined.
    public mutating func set(_ name: ArraySlice<UInt8>, to parts: ArraySlice<UInt8>...) {
        let equals = [UInt8(ascii: "=")]
        let variable = Entry(bytes: [UInt8](joining: [name, equals[...]] + parts), nameCount: name.count)
        if let index = index(of: name) {
            variables[index] = variable
        } else {
            variables.append(variable)
        }
    }

    /// Takes variables away.
    ///
    /// - Parameter names: Their names; those that aren't set are passed over.
    public mutating func remove(_ names: [String]) {
        variables.removeAll { variable in
            names.contains { variable.name.elementsEqual($0.utf8) }
        }
    }

    private func index(of name: ArraySlice<UInt8>) -> Int? {
        name.withUnsafeBufferPointer { name in
            variables.firstIndex { $0.nameCount == name.count && $0.bytes.begins(with: name) }
        }
    }

    /// All variables, `NAME=value` each, in order.
    public var entries: [[UInt8]] { variables.map { $0.bytes } }

    /// All variables as name and value, sorted bytewise by name.
    public var sortedVariables: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        variables.sorted { $0.name.lexicographicallyPrecedes($1.name) }.map { (name: $0.name, value: $0.value) }
    }

    // MARK: - Access by text

    /// The value of a variable; nil takes the variable away, or says that it isn't set.
    ///
    /// - Parameter name: The variable's name.
    public subscript(name: String) -> String? {
        get { value(of: name).map { String(decoding: $0, as: UTF8.self) } }
        set {
            if let newValue {
                set([UInt8](name.utf8)[...], to: [UInt8](newValue.utf8)[...])
            } else {
                remove([name])
            }
        }
    }

    /// All variables, `NAME=value` each, in order; bytes that are not UTF-8 are replaced.
    public var strings: [String] { variables.map { String(decoding: $0.bytes, as: UTF8.self) } }
}

// MARK: - Where an environment starts

extension LaunchEnvironment {
    /// What a process inherits from the launcher's own environment.
    ///
    /// The variables that are meant for the launcher are taken out, and so are the directories of the launcher and of its
    /// symlinks from `PATH`: a process type must not be found in place of a program.
    ///
    /// - Parameter environment: The launcher's environment.
    /// - Returns: The environment before any layer.
    public static func launch(inheriting environment: LaunchEnvironment) -> LaunchEnvironment {
        var result = environment
        result.remove(EnvironmentName.hiddenFromProcesses)
        if let path = result.value(of: "PATH") {
            let separator = UInt8(ascii: ":")
            let kept = path.split(separator: separator, omittingEmptySubsequences: false).filter { directory in
                !directory.elementsEqual(DefaultPath.processDir.utf8)
                    && !directory.elementsEqual(DefaultPath.lifecycleDir.utf8)
            }
            let joined = [UInt8](kept.joined(separator: CollectionOfOne(separator)))
            result.set([UInt8]("PATH".utf8)[...], to: joined[...])
        }
        return result
    }

    /// What `bin/build` and `bin/detect` inherit from the lifecycle's environment: a few variables and the path variables.
    ///
    /// - Parameter environment: The lifecycle's environment.
    /// - Returns: The environment before any layer.
    public static func build(inheriting environment: LaunchEnvironment) -> LaunchEnvironment {
        let names = EnvironmentName.inheritedByBuildpacks + LayerScope.build.pathVariables
        var result = LaunchEnvironment()
        result.variables = environment.variables.filter { variable in
            names.contains { variable.name.elementsEqual($0.utf8) }
        }
        return result
    }
}
