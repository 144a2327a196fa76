internal import CNBCore
internal import CPOSIX
public import LaunchPOSIX

// How layers, platforms and operators change an environment through directories and files.

extension LaunchEnvironment {
    private static let pathSeparator: StaticString = ":"

    /// Puts the layer's directories of binaries, libraries and so on in front of the variables that list them.
    ///
    /// - Parameters:
    ///   - layer: The layer.
    ///   - scope: Whose environment this is.
    /// - Throws: What looking for the directories failed with.
    public mutating func addPaths(of layer: LayerDirectory, scope: LayerScope) throws(LaunchModelError) {
        for rule in scope.pathRules {
            do {
                guard try layer.holds(rule.directory) else { continue }
            } catch {
                throw .unreadable(error)
            }
            prepend(layer.path.appending(rule.directory.name).bytes, to: rule.variable)
        }
    }

    private mutating func prepend(_ directory: [UInt8], to variable: StaticString) {
        directory.withUnsafeBytes { directory in
            join(variable.bytes, directory, before: true, delimiter: Self.pathSeparator.bytes)
        }
    }

    /// Applies the files of an environment directory, in bytewise order of their names.
    ///
    /// - Parameters:
    ///   - directory: Such as `<layer>/env`; it need not be there.
    ///   - unsuffixed: What a file whose name has no period does.
    /// - Throws: ``LaunchModelError/environmentFiles(directory:_:)`` if a file that counts cannot be read.
    public mutating func applyFiles(
        in directory: RawPath,
        unsuffixed: EnvironmentAction = .override
    ) throws(LaunchModelError) {
        do {
            guard let open = try OpenDirectory.ifThere(directory) else { return }
            _ = try applyFiles(in: open, unsuffixed: unsuffixed)
        } catch {
            throw .environmentFiles(directory: directory.description, error)
        }
    }

    /// Applies the files of a layer's environment directory, and then those for one process type.
    ///
    /// - Parameters:
    ///   - directory: Such as `<layer>/env.launch`; it need not be there.
    ///   - parent: A directory that it is in.
    ///   - processType: The directory in it to apply after its own files, such as `web`; empty for none.
    /// - Throws: ``LaunchModelError/environmentFiles(directory:_:)`` if a file that counts cannot be read.
    public mutating func applyFiles(
        in directory: RawPath,
        below parent: borrowing OpenDirectory,
        then processType: String = ""
    ) throws(LaunchModelError) {
        let files: [DirectoryEntry]
        do {
            guard let open = try parent.directoryIfThere(directory) else { return }
            files = try applyFiles(in: open, unsuffixed: .override)
        } catch {
            throw .environmentFiles(directory: directory.description, error)
        }
        if !processType.isEmpty, files.contains(where: { $0.mayBeDirectory(named: processType) }) {
            try applyFiles(in: directory.appending(processType))
        }
    }

    /// Applies the files of a directory and returns what is in it.
    private mutating func applyFiles(
        in directory: borrowing OpenDirectory,
        unsuffixed: EnvironmentAction
    ) throws(SystemError) -> [DirectoryEntry] {
        let files = try directory.entries()
        for file in files where file.kind != .directory {
            guard let (name, action) = EnvironmentAction.of(fileNamed: file.name, unsuffixed: unsuffixed) else {
                continue
            }
            guard let contents = try Self.contents(of: file, in: directory) else { continue }
            perform(action, on: name, with: contents, Self.delimiter(for: name, in: directory, files: files))
        }
        return files
    }

    /// Does to a variable what a file says; the delimiter is nil where there is none for the variable.
    mutating func perform(
        _ action: EnvironmentAction,
        on name: ArraySlice<UInt8>,
        with contents: [UInt8],
        _ delimiter: @autoclosure () -> [UInt8]?
    ) {
        switch action {
        case .override:
            set(name, to: contents[...])
        case .default:
            if !hasValue(name) { set(name, to: contents[...]) }
        case .prepend, .append:
            join(name, contents, before: action == .prepend, delimiter: delimiter() ?? [])
        case .prependPath:
            join(name, contents, before: true, delimiter: delimiter() ?? [UInt8](copying: Self.pathSeparator.bytes))
        }
    }

    private mutating func join(_ name: ArraySlice<UInt8>, _ addition: [UInt8], before: Bool, delimiter: [UInt8]) {
        name.withUnsafeBytes { name in
            addition.withUnsafeBytes { addition in
                delimiter.withUnsafeBytes { join(name, addition, before: before, delimiter: $0) }
            }
        }
    }

    /// The contents of a file, or nil for a symbolic link to a directory.
    private static func contents(
        of file: DirectoryEntry,
        in directory: borrowing OpenDirectory
    ) throws(SystemError) -> [UInt8]? {
        do {
            return try directory.contents(of: file, limit: FileLimit.environmentFile)
        } catch {
            if error.code == EISDIR, file.kind == .symbolicLink { return nil }
            throw error
        }
    }

    /// The contents of `<name>.delim` in the same directory, or nil if there is none that can be read.
    private static func delimiter(
        for name: ArraySlice<UInt8>,
        in directory: borrowing OpenDirectory,
        files: [DirectoryEntry]
    ) -> [UInt8]? {
        let fileName = [UInt8](name) + [UInt8](".delim".utf8)
        guard let file = files.first(where: { $0.name == fileName }) else { return nil }
        return try? directory.contents(of: file, limit: FileLimit.environmentFile)
    }
}

// MARK: - Build

extension LaunchEnvironment {
    /// Applies a build layer of one buildpack to the environment of those after it: its paths, `env` and `env.build`.
    ///
    /// - Parameter layer: The layer's directory, an absolute path.
    /// - Throws: What reading the layer failed with.
    public mutating func applyBuildLayer(_ layer: RawPath) throws(LaunchModelError) {
        try addPaths(of: LayerDirectory(layer), scope: .build)
        try applyFiles(in: layer.appending("env"))
        try applyFiles(in: layer.appending("env.build"))
    }

    /// Applies the user's variables: values of path variables go in front, all others replace.
    ///
    /// - Parameter directory: `<platform>/env`; it need not be there. A file's whole name is the variable's name.
    /// - Throws: ``LaunchModelError/unreadable(_:)`` if a file cannot be read.
    public mutating func applyPlatformFiles(in directory: RawPath) throws(LaunchModelError) {
        let pathVariables = LayerScope.build.pathVariables
        do {
            guard let open = try OpenDirectory.ifThere(directory) else { return }
            for file in try open.entries() where file.kind != .directory {
                guard let contents = try Self.contents(of: file, in: open) else { continue }
                if pathVariables.contains(where: { file.name.elementsEqual($0.utf8) }) {
                    perform(.prependPath, on: file.name[...], with: contents, nil)
                } else {
                    set(file.name[...], to: contents[...])
                }
            }
        } catch {
            throw .unreadable(error)
        }
    }

    /// Applies the operator's variables, for which no suffix means `default`.
    ///
    /// - Parameter directory: `<build-config>/env`; it need not be there.
    /// - Throws: ``LaunchModelError/environmentFiles(directory:_:)`` if a file that counts cannot be read.
    public mutating func applyBuildConfigFiles(in directory: RawPath) throws(LaunchModelError) {
        try applyFiles(in: directory, unsuffixed: .default)
    }
}
