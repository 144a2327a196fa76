/// What the options of a command are, put together from the places where they may be given.
struct OptionValues: Hashable, Sendable {
    /// Where an option is given, the one that counts least first.
    enum Place: Int, Hashable, Comparable, Sendable {
        /// In the configuration.
        case configuration
        /// In an environment variable.
        case environment
        /// On the command line.
        case commandLine

        static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Entry: Hashable, Sendable {
        var texts: [String]
        var place: Place
    }

    private var entries: [String: Entry] = [:]

    /// Takes what a place says of an option, after all lower places have had their say.
    /// - Parameters:
    ///   - texts: The values, in order; `true` or `false` for a toggle.
    ///   - option: The option.
    ///   - place: Where they stand.
    mutating func set(_ texts: [String], of option: CommandOption, at place: Place) {
        let earlier = entries[option.name]
        let continues = option.kind == .additions || (option.kind == .list && earlier?.place == place)
        entries[option.name] = Entry(texts: (continues ? earlier?.texts ?? [] : []) + texts, place: place)
    }

    /// The values of an option, in order.
    subscript(_ option: CommandOption) -> [String] { entries[option.name]?.texts ?? [] }

    /// The value of an option that takes one; nil where it is not given.
    func value(_ option: CommandOption) -> String? { entries[option.name]?.texts.last }

    /// Whether an option without a value is on.
    func isOn(_ option: CommandOption) -> Bool { entries[option.name]?.texts.last == "true" }

    /// Where an option is given; nil where it is not.
    func place(of option: CommandOption) -> Place? { entries[option.name]?.place }
}
