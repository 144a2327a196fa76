import Builds
import Console
import JSON
import POSIX

/// `slipway cache`.
enum CacheCommands {
    static let group = Command(
        name: "cache",
        summary: "List and remove the caches of builds",
        subcommands: [list, remove, prune]
    )

    private static let json = CommandOption.toggle("json", in: "Output", "print JSON", standIns: .none)
    private static let removalSection = "What is removed"
    private static let all = CommandOption.toggle(
        "all",
        in: removalSection,
        "remove all caches, also those that were used lately",
        standIns: .none
    )
    private static let days = CommandOption.value(
        "days",
        "NUMBER",
        in: removalSection,
        "remove caches that no build has used for so many days",
        content: .identifier,
        fallback: "30",
        standIns: .none
    )

    private static let list = Command(
        name: "cache ls",
        summary: "List the caches with their sizes",
        details: "There is a cache for each image and builder; tags of an image share it.",
        options: [json],
        action: runList
    )

    private static let remove = Command(
        name: "cache rm",
        summary: "Remove caches",
        arguments: [Command.Argument(name: "NAME", isRepeated: true)],
        examples: [
            Command.Example(
                line: "slipway cache rm shop",
                meaning: "remove the caches of the image shop, for all builders"
            )
        ],
        action: runRemove
    )

    private static let prune = Command(
        name: "cache prune",
        summary: "Remove unused caches, downloads, and kept files of builds",
        options: [days, all, json],
        examples: [Command.Example(line: "slipway cache prune --days 7", meaning: "keep what last week's builds used")],
        action: runPrune
    )

    // MARK: - Actions

    private static func runList(_ context: CommandContext) throws(CommandError) -> Int32 {
        let entries = try caches(context).list()
        if context.options.isOn(json) {
            let values = entries.map(value)
            context.console.print(JSONWriter.string(.array(values), escapeHTML: false, pretty: "  ") + "\n")
            return 0
        }
        let rows = entries.map {
            [$0.id, shown($0.image), shown($0.builder), $0.usedAt.rfc3339(), Amounts.size($0.size)]
        }
        context.console.print(TextTable(headings: ["ID", "IMAGE", "BUILDER", "USED", "SIZE"], rows: rows).text)
        return 0
    }

    private static func runRemove(_ context: CommandContext) throws(CommandError) -> Int32 {
        let caches = caches(context)
        let entries = try caches.list()
        for name in context.arguments {
            let meant = entries.filter { [$0.id, $0.image, shown($0.image)].contains(name) }
            guard !meant.isEmpty else {
                let nearest = Suggestion.nearest(to: name, among: entries.flatMap { [shown($0.image), $0.id] })
                let help = nearest.map { "did you mean '\($0)'?" } ?? "'slipway cache ls' lists what there is"
                throw .failed("no cache '\(name)'", help: help, exitCode: 1)
            }
            for entry in meant {
                try caches.remove(entry)
                context.console.print("removed \(entry.id); freed \(Amounts.size(entry.size))\n")
            }
        }
        return 0
    }

    private static func runPrune(_ context: CommandContext) throws(CommandError) -> Int32 {
        let caches = caches(context)
        let days = context.options.value(days).flatMap { Int64($0) } ?? 30
        let oldest = Clock.now.seconds - days * 86_400
        let removed = try caches.list().filter { context.options.isOn(all) || $0.usedAt.seconds < oldest }
        for entry in removed { try caches.remove(entry) }
        let freed = try caches.removeRest() + removed.reduce(0) { $0 + $1.size }
        if context.options.isOn(json) {
            let object: JSONValue = ["caches": .array(removed.map(value)), "freed-bytes": .integer(freed)]
            context.console.print(JSONWriter.string(object, escapeHTML: false, pretty: "  ") + "\n")
        } else {
            context.console.print("removed \(Amounts.count(removed.count, "cache")); freed \(Amounts.size(freed))\n")
        }
        return 0
    }

    private static func caches(_ context: CommandContext) -> LayerCaches {
        LayerCaches(home: SlipwayHome(environment: context.environment))
    }

    private static func value(_ entry: LayerCaches.Entry) -> JSONValue {
        [
            "id": .string(entry.id),
            "image": .string(shown(entry.image)),
            "builder": .string(entry.builder),
            "used-at": .string(entry.usedAt.rfc3339()),
            "size": .integer(entry.size),
        ]
    }

    /// A name as people write it.
    private static func shown(_ name: String) -> String {
        for prefix in ["index.docker.io/library/", "index.docker.io/"] where name.hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        return name
    }
}
