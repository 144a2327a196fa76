internal import CNBCore
internal import LaunchPOSIX

/// Environment variables in order, their names and values bytes that pass through unchanged.
///
/// A variable keeps its place when its value changes; new ones come last. The number of variables is small, so they
/// are found by looking through all of them.
public struct LaunchEnvironment: Equatable, Sendable {
    private var variables: [EnvironmentVariable] = []
    /// A hash of each variable's name, since to look through these is much faster than through the names.
    private var hashes: [UInt32] = []

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
        entry.withUnsafeBytes { bytes in
            guard let equals = bytes.firstPlace(of: UInt8(ascii: "=")) else { return }
            place(
                EnvironmentVariable(entry, nameCount: equals),
                named: UnsafeRawBufferPointer(rebasing: bytes[..<equals])
            )
        }
    }

    /// Puts a variable where that of the name is, or last.
    private mutating func place(_ variable: EnvironmentVariable, named name: UnsafeRawBufferPointer) {
        let hash = Self.hash(name)
        if let index = index(of: name, hash) {
            variables[index] = variable
        } else {
            variables.append(variable)
            hashes.append(hash)
        }
    }

    private func index(of name: UnsafeRawBufferPointer, _ hash: UInt32) -> Int? {
        hashes.withUnsafeBufferPointer { hashes in
            for index in hashes.indices where hashes[index] == hash && variables[index].isNamed(name) { return index }
            return nil
        }
    }

    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
        // FNV-1a: short, and good enough for some dozens of names.
        name.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    // MARK: - Access by bytes

    /// The value of a variable.
    ///
    /// - Parameter name: The variable's name.
    /// - Returns: The value, or nil if the variable isn't set.
    public func value(of name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        name.withUnsafeBytes { value(of: $0) }
    }

    /// The value of a variable.
    ///
    /// - Parameter name: The variable's name.
    /// - Returns: The value as bytes, or nil if the variable isn't set.
    public func value(of name: String) -> ArraySlice<UInt8>? {
        var name = name
        return name.withUTF8 { value(of: UnsafeRawBufferPointer($0)) }
    }

    private func value(of name: UnsafeRawBufferPointer) -> ArraySlice<UInt8>? {
        index(of: name, Self.hash(name)).map { variables[$0].value }
    }

    /// Whether a variable has a value that isn't empty.
    func hasValue(_ name: ArraySlice<UInt8>) -> Bool {
        name.withUnsafeBytes { name in
            index(of: name, Self.hash(name)).map { !variables[$0].isEmpty } ?? false
        }
    }

    /// Sets a variable.
    ///
    /// - Parameters:
    ///   - name: The variable's name.
    ///   - value: Its value.
    public mutating func set(_ name: ArraySlice<UInt8>, to value: ArraySlice<UInt8>) {
        name.withUnsafeBytes { name in value.withUnsafeBytes { place(EnvironmentVariable(name, $0), named: name) } }
    }

    /// Joins an addition to the value there is; a value that is empty takes no delimiter.
    ///
    /// - Parameters:
    ///   - name: The variable's name.
    ///   - addition: What to add.
    ///   - before: Whether the addition goes before the value.
    ///   - delimiter: What goes between both.
    mutating func join(
        _ name: UnsafeRawBufferPointer,
        _ addition: UnsafeRawBufferPointer,
        before: Bool,
        delimiter: UnsafeRawBufferPointer
    ) {
        guard let index = index(of: name, Self.hash(name)), !variables[index].isEmpty else {
            place(EnvironmentVariable(name, addition), named: name)
            return
        }
        if before {
            variables[index].prepend(addition, delimiter: delimiter)
        } else {
            variables[index].append(addition, delimiter: delimiter)
        }
    }

    /// Takes variables away.
    ///
    /// - Parameter names: Their names; those that aren't set are passed over.
    public mutating func remove(_ names: [String]) {
        for name in names {
            var name = name
            name.withUTF8 { text in
                let bytes = UnsafeRawBufferPointer(text)
                guard let index = index(of: bytes, Self.hash(bytes)) else { return }
                variables.remove(at: index)
                hashes.remove(at: index)
            }
        }
    }

    /// All variables, `NAME=value` each, in order.
    public var entries: [ArraySlice<UInt8>] { variables.map { $0.text } }

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
    public var strings: [String] { variables.map { String(decoding: $0.text, as: UTF8.self) } }
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
        for (variable, hash) in zip(environment.variables, environment.hashes) {
            guard names.contains(where: { variable.name.elementsEqual($0.utf8) }) else { continue }
            result.variables.append(variable)
            result.hashes.append(hash)
        }
        return result
    }
}
