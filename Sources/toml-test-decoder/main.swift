// The decoder of the toml-test protocol: TOML on standard input, tagged JSON on standard output, status 1 for a document
// that is not valid.
//
// With -check nothing is written but the speed of the parser on standard error.
import JSON
import POSIX
import TOML

func run() -> Int32 {
    do {
        let input = FileDescriptor.standardInput
        let bytes = try input.readToEnd(expectedCount: Int(clamping: input.status().size))
        let start = Clock.monotonicNanoseconds
        let document = try TOMLDocument.parse(bytes, file: "standard input")
        if ProcessArguments.all.dropFirst().first == "-check" {
            report(speed(bytes.count, Clock.monotonicNanoseconds - start))
            // The process ends here: nobody needs the document's memory back.
            withExtendedLifetime(document) { ProcessExit.exit(0) }
        }
        let json = JSONWriter.bytes(taggedJSON(.table(document)), escapeHTML: false, pretty: "  ")
        try FileDescriptor.standardOutput.writeAll(json + [UInt8(ascii: "\n")])
        return 0
    } catch let error as TOMLError {
        report("\(error)\n\(error.excerpt)")
    } catch {
        report("\(error)")
    }
    return 1
}

func speed(_ bytes: Int, _ nanoseconds: Int64) -> String {
    let milliseconds = max(1, Int(nanoseconds / 1_000_000))
    return "\(bytes) bytes in \(milliseconds) ms, \(bytes / 1000 / milliseconds) MB/s"
}

func report(_ message: String) {
    // There is nobody to tell when standard error is closed.
    try? FileDescriptor.standardError.writeAll(Array("\(message)\n".utf8))
}

ProcessExit.exit(run())
