import Builds
import POSIX

/// `slipway build`.
enum BuildCommand {
    static let command = Command(
        name: "build",
        summary: "Build an image of an app",
        details: """
            Builds the app in a directory, by default the working directory, into an image. Only the image's name with
            its digest goes to standard output, so that scripts can use it.

            Without a builder, the buildpacks that come with slipway build on this machine's own system: no registry, no
            network and no root is needed.
            """,
        arguments: [Command.Argument(name: "PATH", isOptional: true, content: .directory)],
        options: BuildOptions.all,
        spellings: BuildOptions.packSpellings,
        examples: [
            Command.Example(
                line: "slipway build",
                meaning: "build this directory into an image named after it, in the local store"
            ),
            Command.Example(
                line: "slipway build ../shop -t registry.example.com/shop:1 -o registry",
                meaning: "build another directory, and push the image"
            ),
            Command.Example(
                line: "slipway build -t shop -o docker-archive:shop.tar --builder paketobuildpacks/builder-jammy-base",
                meaning: "build with a builder of others, into a file for docker load"
            ),
        ],
        action: run
    )

    private static func run(_ context: CommandContext) throws(CommandError) -> Int32 {
        let reading = try BuildRequestReader(context).read()
        let kind = ProgressKind(rawValue: context.options.value(BuildOptions.progress) ?? "") ?? .auto
        let display = kind.display(on: context.console, environment: context.environment)
        for warning in reading.warnings { display.show(.warning(warning)) }
        let session = BuildSession(reading.request, environment: context.environment) { display.show($0) }
        do {
            let summary = BuildSummary(result: try session.run())
            display.finish(summary)
            context.console.print(summary.result.reference + "\n")
            return 0
        } catch {
            Interruption.pauseIfInterrupted()
            let failure = CommandError(error)
            display.fail(failure)
            return failure.exitCode
        }
    }
}

extension CommandError {
    /// Says why there is no image.
    init(_ error: BuildError) {
        self = .failed(error.description, help: error.help, exitCode: error.exitCode)
    }
}
