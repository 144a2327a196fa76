import TOML

/// `slipway config`.
enum ConfigCommands {
    static let group = Command(
        name: "config",
        summary: "Read and change settings",
        details: """
            Settings hold for all builds of a user. Each is called as the option that it stands in for; options and
            environment variables count more.
            """,
        subcommands: [get, set, unset, list]
    )

    private static let keyArgument = Command.Argument(
        name: "KEY",
        content: .choice(CommandTable.settings.map(\.name))
    )

    private static let get = Command(
        name: "config get",
        summary: "Print a setting",
        details: "Prints each value on a line. The exit code is 1 where the setting is not in the configuration.",
        arguments: [keyArgument],
        usesSettings: false,
        action: runGet
    )

    private static let set = Command(
        name: "config set",
        summary: "Change a setting",
        details: "The rest of the file stays as it is, with its comments. Several values make a list.",
        arguments: [keyArgument, Command.Argument(name: "VALUE", isRepeated: true)],
        examples: [
            Command.Example(
                line: "slipway config set builder registry.example.com/builder:24",
                meaning: "build with this builder"
            ),
            Command.Example(
                line: "slipway config set registry-mirror docker.io=mirror.example.com",
                meaning: "ask a mirror in place of Docker Hub"
            ),
        ],
        usesSettings: false,
        action: runSet
    )

    private static let unset = Command(
        name: "config unset",
        summary: "Take a setting away",
        arguments: [keyArgument],
        usesSettings: false,
        action: runUnset
    )

    private static let list = Command(
        name: "config list",
        summary: "Print all settings, as TOML",
        action: runList
    )

    // MARK: - Actions

    private static func runGet(_ context: CommandContext) throws(CommandError) -> Int32 {
        let option = try option(context)
        guard let texts = try context.configurationFile.read().texts(option.name, of: option) else { return 1 }
        for text in texts { context.console.print(text + "\n") }
        return 0
    }

    private static func runSet(_ context: CommandContext) throws(CommandError) -> Int32 {
        let option = try option(context)
        let value = try value(Array(context.arguments.dropFirst()), of: option)
        var text = ConfigurationText(try context.configurationFile.text(), of: context.configurationFile)
        try text.set(option.name, value)
        try context.configurationFile.write(text.text)
        return 0
    }

    private static func runUnset(_ context: CommandContext) throws(CommandError) -> Int32 {
        let option = try option(context)
        var text = ConfigurationText(try context.configurationFile.text(), of: context.configurationFile)
        if try text.remove(option.name) { try context.configurationFile.write(text.text) }
        return 0
    }

    private static func runList(_ context: CommandContext) throws(CommandError) -> Int32 {
        let configuration = try context.configurationFile.read()
        context.console.print(TOMLWriter.write(configuration.table))
        return 0
    }

    // MARK: - Values

    private static func option(_ context: CommandContext) throws(CommandError) -> CommandOption {
        let key = context.arguments.first ?? ""
        guard let option = CommandTable.settings.first(where: { $0.name == key }) else {
            throw .missingArgument("KEY", command: context.command.name)
        }
        return option
    }

    private static func value(_ texts: [String], of option: CommandOption) throws(CommandError) -> TOMLValue {
        if texts.count > 1, !option.isRepeatable {
            throw .usage("setting '\(option.name)' takes one value", help: nil)
        }
        guard option.takesValue else {
            let text = texts.first ?? ""
            guard let truth = OptionSources.truth(text) else {
                throw .badValue(
                    place: "setting '\(option.name)'",
                    value: text,
                    expected: "true or false",
                    nearest: nil
                )
            }
            return .boolean(truth)
        }
        for text in texts { try option.check(text, at: "setting '\(option.name)'") }
        if option.isRepeatable { return .array(TOMLArray(strings: texts)) }
        return .string(texts.first ?? "")
    }
}
