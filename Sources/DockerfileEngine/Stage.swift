import Dockerfile
import OCI

/// What is in force at a place in a Dockerfile: the image's config so far, and the arguments in scope.
struct Stage {
    /// The config of the image so far.
    var config: ContainerConfig
    /// Labels that this Dockerfile has set itself.
    private(set) var ownLabels: [String: String] = [:]
    /// Arguments in scope, in the order of their declarations; nil for one that was given no value.
    private(set) var arguments: [(name: String, value: String?)] = []

    /// The values that are given from outside.
    private let given: [String: String]
    /// Arguments declared before `FROM`, which have to be declared once more to be visible.
    private var global: [String: String] = [:]
    private let escape: Character

    /// Starts at a Dockerfile's first line.
    ///
    /// - Parameters:
    ///   - config: The base image's config.
    ///   - given: The values of build arguments.
    ///   - escape: The file's escape character.
    init(config: ContainerConfig, given: [String: String], escape: Character) {
        self.config = config
        self.given = given
        self.escape = escape
    }

    /// The value of a variable: of the environment, or else of an argument in scope.
    func value(_ name: String) -> String? {
        config.environmentValue(name) ?? arguments.last { $0.name == name }?.value
    }

    /// Expands a word with the variables that are in force.
    func expand(_ word: String, in instruction: DockerfileInstruction) throws(InstructionFailure) -> String {
        do {
            return try VariableExpansion(escape: escape, lookUp: value).expand(word, in: instruction)
        } catch {
            throw InstructionFailure(error.message)
        }
    }

    /// Expands a here-document, as far as its delimiter lets it.
    func expand(
        _ heredoc: DockerfileHeredoc,
        in instruction: DockerfileInstruction
    ) throws(InstructionFailure) -> String {
        do {
            return try VariableExpansion(escape: escape, lookUp: value).expand(heredoc, in: instruction)
        } catch {
            throw InstructionFailure(error.message)
        }
    }

    /// The directory that relative paths are below.
    var workingDirectory: String { config.workingDirectory.isEmpty ? "/" : config.workingDirectory }

    // MARK: - Instructions that only change the config

    /// Applies an `ARG`.
    ///
    /// - Parameters:
    ///   - instruction: The instruction.
    ///   - isGlobal: Whether it stands before `FROM`.
    /// - Throws: When a default value can't be expanded.
    mutating func declare(_ instruction: DockerfileInstruction, isGlobal: Bool) throws(InstructionFailure) {
        for word in instruction.arguments {
            let (rawName, text) = Self.pair(word)
            let name = try expand(rawName, in: instruction)
            let preset = try text.map { text throws(InstructionFailure) in
                try isGlobal ? expandGlobally(text, in: instruction) : expand(text, in: instruction)
            }
            let value = given[name] ?? preset ?? (isGlobal ? nil : global[name])
            if isGlobal {
                global[name] = value
            } else {
                arguments.removeAll { $0.name == name }
                arguments.append((name, value))
            }
        }
    }

    /// Expands a word before `FROM`, where the environment isn't known.
    private func expandGlobally(
        _ word: String,
        in instruction: DockerfileInstruction
    ) throws(InstructionFailure) -> String {
        do {
            return try VariableExpansion(escape: escape) { global[$0] }.expand(word, in: instruction)
        } catch {
            throw InstructionFailure(error.message)
        }
    }

    /// Applies an `ENV`; values see the environment as it was before.
    mutating func setEnvironment(_ instruction: DockerfileInstruction) throws(InstructionFailure) {
        for (name, value) in try expandedPairs(instruction) { config.setEnvironmentValue(name, value) }
    }

    /// Applies a `LABEL`.
    mutating func setLabels(_ instruction: DockerfileInstruction) throws(InstructionFailure) {
        for (name, value) in try expandedPairs(instruction) {
            config.labels[name] = value
            ownLabels[name] = value
        }
    }

    /// Applies a `USER`.
    mutating func setUser(_ instruction: DockerfileInstruction) throws(InstructionFailure) {
        let text = try expand(instruction.arguments.first ?? "", in: instruction)
        // A group whose argument is empty is no group.
        let user = text.hasSuffix(":") ? String(text.dropLast()) : text
        guard !user.isEmpty else {
            throw InstructionFailure("USER names nobody: what stands there expands to nothing")
        }
        config.user = user
    }

    private func expandedPairs(
        _ instruction: DockerfileInstruction
    ) throws(InstructionFailure) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for word in instruction.arguments {
            let (name, value) = Self.pair(word)
            pairs.append(
                (try expand(name, in: instruction), try expand(value ?? "", in: instruction))
            )
        }
        return pairs
    }

    private static func pair(_ word: String) -> (name: String, value: String?) {
        guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }
}
