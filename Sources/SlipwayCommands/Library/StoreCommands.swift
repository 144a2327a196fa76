import Console
import ImageLibrary
import JSON

/// `slipway store`.
enum StoreCommands {
    static let group = Command(
        name: "store",
        summary: "List and remove images of the local store",
        subcommands: [list, remove, prune]
    )

    private static let json = CommandOption.toggle("json", in: "Output", "print JSON", standIns: .none)
    private static let all = CommandOption.toggle(
        "all",
        in: "What is removed",
        "remove all images that no build uses at the moment, too",
        standIns: .none
    )

    private static let list = Command(
        name: "store ls",
        summary: "List the images with their sizes",
        options: [json],
        action: runList
    )

    private static let remove = Command(
        name: "store rm",
        summary: "Remove images",
        details: "What other images share with them stays; 'slipway store prune' frees the room of what is left over.",
        arguments: [Command.Argument(name: "NAME", isRepeated: true)],
        examples: [Command.Example(line: "slipway store rm shop", meaning: "remove the image shop:latest")],
        action: runRemove
    )

    private static let prune = Command(
        name: "store prune",
        summary: "Remove what belongs to no image",
        options: [all, json],
        examples: [
            Command.Example(line: "slipway store prune", meaning: "free the room of what no image needs"),
            Command.Example(line: "slipway store prune --all", meaning: "empty the store"),
        ],
        action: runPrune
    )

    // MARK: - Actions

    private static func runList(_ context: CommandContext) throws(CommandError) -> Int32 {
        let images = try context.onStore { store throws(LibraryError) in try store.list() }
        if context.options.isOn(json) {
            let values = images.map { image -> JSONValue in
                [
                    "name": .string(StoreName.short(image.name)),
                    "digest": .string("\(image.digest)"),
                    "platform": .string("\(image.platform)"),
                    "size": .integer(image.size),
                    "created": .string(image.created),
                ]
            }
            context.console.print(JSONWriter.string(.array(values), escapeHTML: false, pretty: "  ") + "\n")
            return 0
        }
        let rows = images.map { image in
            [
                StoreName.short(image.name), "\(image.digest)".prefix(19) + "", "\(image.platform)",
                Amounts.size(image.size),
            ]
        }
        context.console.print(TextTable(headings: ["NAME", "DIGEST", "PLATFORM", "SIZE"], rows: rows).text)
        return 0
    }

    private static func runRemove(_ context: CommandContext) throws(CommandError) -> Int32 {
        var failure: CommandError?
        for name in context.arguments {
            let removed = try context.onStore { store throws(LibraryError) in try store.remove(name) }
            for name in removed { context.console.print("removed \(StoreName.short(name))\n") }
            guard removed.isEmpty else { continue }
            let known = try context.onStore { store throws(LibraryError) in try store.list() }
            let nearest = Suggestion.nearest(to: name, among: known.flatMap { Self.spellings(of: $0.name) })
            let help = nearest.map { "did you mean '\($0)'?" } ?? "'slipway store ls' lists what there is"
            let error = CommandError.failed("no image '\(name)' in the store", help: help, exitCode: 1)
            if let failure { context.console.report(failure) }
            failure = error
        }
        if let failure { throw failure }
        return 0
    }

    /// The ways in which people write a name.
    private static func spellings(of name: String) -> [String] {
        let short = StoreName.short(name)
        return short.hasSuffix(":latest") ? [String(short.dropLast(7)), short] : [short]
    }

    private static func runPrune(_ context: CommandContext) throws(CommandError) -> Int32 {
        let scope: PruneScope = context.options.isOn(all) ? .unheld : .none
        let report = try context.onStore { store throws(LibraryError) in try store.prune(images: scope) }
        if context.options.isOn(json) {
            let value: JSONValue = [
                "images": .array(report.names.map { .string(StoreName.short($0)) }),
                "blobs": .integer(report.blobs),
                "roots": .integer(report.roots),
                "freed-bytes": .integer(report.freedBytes),
            ]
            context.console.print(JSONWriter.string(value, escapeHTML: false, pretty: "  ") + "\n")
            return 0
        }
        for name in report.names { context.console.print("removed \(StoreName.short(name))\n") }
        let parts = "\(Amounts.count(report.blobs, "blob")) and \(Amounts.count(report.roots, "unpacked image"))"
        context.console.print("removed \(parts); freed \(Amounts.size(report.freedBytes))\n")
        return 0
    }
}
