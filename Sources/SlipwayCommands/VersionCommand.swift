import CNBCore
import JSON

/// `slipway version`.
enum VersionCommand {
    static let command = Command(
        name: "version",
        summary: "Print the version",
        options: [json],
        usesSettings: false,
        action: run
    )

    private static let json = CommandOption.toggle(
        "json",
        in: "Output",
        "print a JSON object, also with the APIs that the lifecycle knows",
        standIns: .none
    )

    private static func run(_ context: CommandContext) throws(CommandError) -> Int32 {
        guard context.options.isOn(json) else {
            context.console.print("slipway \(Release.text)\n")
            return 0
        }
        let object: JSONValue = [
            "version": .string(Release.text),
            "platform-apis": .array(PlatformAPI.supported.map { .string($0.description) }),
            "buildpack-apis": .array(BuildpackAPI.supported.map { .string($0.description) }),
        ]
        context.console.print(JSONWriter.string(object, escapeHTML: false) + "\n")
        return 0
    }
}
