internal import CPOSIX

// How layers, platforms and operators change an environment through directories and files.

extension LaunchEnvironment {
    private static let pathSeparator: ArraySlice = [UInt8(ascii: ":")]

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
            let directory = layer.path.appending(rule.directory).bytes
            concatenate([UInt8](rule.variable.utf8)[...], directory[...], before: true, delimiter: Self.pathSeparator)
        }
    }

    /// Applies the files of an environment directory, in bytewise order of their names.
    ///
    /// - Parameters:
    ///   - directory: Such as `<layer>/env`; it need not be there.
    ///   - unsuffixed: What a file whose name has no period does.
    ///   - subdirectory: A directory in it to apply after its own files, such as `web` in `env.launch`; empty for none.
    /// - Throws: ``LaunchModelError/environmentFiles(directory:_:)`` if a file that counts cannot be read.
    public mutating func applyFiles(
        in directory: RawPath,
        unsuffixed: EnvironmentAction = .override,
        then subdirectory: String = ""
    ) throws(LaunchModelError) {
        let files: [DirectoryEntry]
        do {
            guard let entries = try FileReading.entries(of: directory) else { return }
            files = entries
            for file in files where file.kind != .directory {
                try apply(file, in: directory, files: files, unsuffixed: unsuffixed)
            }
        } catch {
            throw .environmentFiles(directory: directory.description, error)
        }
        if files.contains(where: { $0.mayBeDirectory(named: subdirectory) }) {
            try applyFiles(in: directory.appending(subdirectory), unsuffixed: unsuffixed)
        }
    }

    private mutating func apply(
        _ file: DirectoryEntry,
        in directory: RawPath,
        files: [DirectoryEntry],
        unsuffixed: EnvironmentAction
    ) throws(SystemError) {
        guard let (name, action) = EnvironmentAction.of(fileNamed: file.name, unsuffixed: unsuffixed) else { return }
        guard let contents = try Self.contents(of: file, in: directory) else { return }
        perform(action, on: name, with: contents, Self.delimiter(for: name, in: directory, files: files))
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
            if value(of: name)?.isEmpty ?? true { set(name, to: contents[...]) }
        case .prepend, .append:
            concatenate(name, contents[...], before: action == .prepend, delimiter: (delimiter() ?? [])[...])
        case .prependPath:
            let own = delimiter()
            concatenate(name, contents[...], before: true, delimiter: own.map { $0[...] } ?? Self.pathSeparator)
        }
    }

    /// The contents of a file, or nil for a symbolic link to a directory.
    private static func contents(of file: DirectoryEntry, in directory: RawPath) throws(SystemError) -> [UInt8]? {
        do {
            return try FileReading.contents(of: file, in: directory)
        } catch {
            if error.code == EISDIR, file.kind == .symbolicLink { return nil }
            throw error
        }
    }

    /// The contents of `<name>.delim` in the same directory, or nil if there is none that can be read.
    private static func delimiter(
        for name: ArraySlice<UInt8>,
        in directory: RawPath,
        files: [DirectoryEntry]
    ) -> [UInt8]? {
        let fileName = [UInt8](name) + [UInt8](".delim".utf8)
        guard let file = files.first(where: { $0.name == fileName }) else { return nil }
        return try? FileReading.contents(of: file, in: directory)
    }

    /// Joins an addition to the value there is; a value that is empty takes no delimiter.
    private mutating func concatenate(
        _ name: ArraySlice<UInt8>,
        _ addition: ArraySlice<UInt8>,
        before: Bool,
        delimiter: ArraySlice<UInt8>
    ) {
        guard let present = value(of: name), !present.isEmpty else {
            set(name, to: addition)
            return
        }
        set(name, to: before ? addition : present, delimiter, before ? present : addition)
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
            guard let files = try FileReading.entries(of: directory) else { return }
            for file in files where file.kind != .directory {
                guard let contents = try Self.contents(of: file, in: directory) else { continue }
                if pathVariables.contains(where: { file.name.elementsEqual($0.utf8) }) {
                    concatenate(file.name[...], contents[...], before: true, delimiter: Self.pathSeparator)
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
