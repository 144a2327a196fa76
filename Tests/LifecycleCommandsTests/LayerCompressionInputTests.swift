import Console
import LifecycleCommands
import POSIX
import TestSupport
import Testing

@Suite("CNB_LAYER_COMPRESSION on the command line")
struct LayerCompressionInputTests {
    private static let badValues = [
        "zip", "gzip:", "gzip:0", "gzip:13", "gzip:1:2", "gzip:x", "zstd:0", "zstd:20", "zstd:-1", "none:1", "GZIP",
        " ",
    ]

    private func export(_ phase: String, _ value: String) throws -> (code: Int32, messages: [String]) {
        let directory = try TemporaryDirectory()
        let analyzed = try directory.write("analyzed.toml", "[run-image]\nreference = \"first.example/run\"\n")
        let group = try directory.write("group.toml", "[[group]]\nid = \"a/b\"\nversion = \"1\"\napi = \"0.12\"\n")
        let logger = Logger.collecting()
        let environment = [
            "CNB_PLATFORM_API": "0.15", "CNB_LAYER_COMPRESSION": value, "CNB_USER_ID": "0", "CNB_GROUP_ID": "0",
        ]
        let options =
            phase == "exporter" ? ["-analyzed", analyzed, "-group", group] : ["-run-image", "first.example/run"]
        let arguments = [phase, "-layers", directory.path, "-app", directory.path] + options + ["first.example/app"]
        let code = LifecycleProgram(logger: logger, environment: environment).run(arguments)
        return (code, logger.messages)
    }

    @Test("unknown values end the exporter and the creator before anything is done", arguments: badValues)
    func bad(value: String) throws {
        for phase in ["exporter", "creator"] {
            let result = try export(phase, value)
            #expect(result.code == 3)
            #expect(
                result.messages.last
                    == "failed to resolve inputs: CNB_LAYER_COMPRESSION: unknown layer compression '\(value)'"
            )
        }
    }
}
