// The encoder of the toml-test protocol: tagged JSON on standard input, TOML on standard output, status 1 when the JSON
// can't be written as TOML.
import JSON
import POSIX
import TOML

func run() -> Int32 {
    do {
        let json = try JSONParser.parse(FileDescriptor.standardInput.readToEnd(), source: "standard input")
        guard case .table(let document) = try value(ofTagged: json) else {
            throw TaggedJSONError(message: "the document has to be an object")
        }
        try FileDescriptor.standardOutput.writeAll(Array(TOMLWriter.write(document).utf8))
        return 0
    } catch {
        // There is nobody to tell when standard error is closed.
        try? FileDescriptor.standardError.writeAll(Array("\(error)\n".utf8))
        return 1
    }
}

ProcessExit.exit(run())
