import JSON

/// `slipway doctor`.
enum DoctorCommand {
    static let command = Command(
        name: "doctor",
        summary: "Say what this machine lacks for builds, and how to get it",
        details: """
            Tries what builds do: namespaces, overlays, room on the disk, credentials and certificates for registries, the
            configured builder. The exit code is 125 where a build can't run.
            """,
        options: [
            json, BuildOptions.builder, BuildOptions.lifecycle, BuildOptions.offline, BuildOptions.insecureRegistry,
        ],
        examples: [
            Command.Example(line: "slipway doctor", meaning: "look at everything"),
            Command.Example(
                line: "slipway doctor --json --builder registry.example.com/builder:24",
                meaning: "for programs, and for a builder that is not configured"
            ),
        ],
        action: run
    )

    private static let json = CommandOption.toggle("json", in: "Output", "print a JSON object", standIns: .none)

    private static func run(_ context: CommandContext) throws(CommandError) -> Int32 {
        let report = DoctorReport(checks: MachineChecks(context).all())
        if context.options.isOn(json) {
            context.console.print(JSONWriter.string(report.json, escapeHTML: false, pretty: "  ") + "\n")
        } else {
            context.console.print(report.text(for: context.console))
        }
        return report.exitCode
    }
}
