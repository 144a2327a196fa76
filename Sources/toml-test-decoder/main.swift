// The decoder of the toml-test protocol: TOML on standard input, tagged JSON on standard output, status 1 for a document
// that is not valid.
//
// With -check nothing is written but the speed of the parser on standard error.
import JSON
import POSIX
import TOML

func run() -> Int32 {
    do {
        let bytes = try FileDescriptor.standardInput.readToEnd()
        if CommandLine.arguments.dropFirst().first == "-check" { return check(bytes) }
        let document = try TOMLDocument.parse(bytes, file: "standard input")
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

func check(_ bytes: [UInt8]) -> Int32 {
    let start = Clock.monotonicNanoseconds
    do {
        let document = try TOMLDocument.parse(bytes, file: "standard input")
        let seconds = Double(Clock.monotonicNanoseconds - start) / 1e9
        let speed = Int(Double(bytes.count) / 1e6 / seconds)
        report("\(bytes.count) bytes, \(document.count) keys at the top, \(Int(seconds * 1000)) ms, \(speed) MB/s")
        return 0
    } catch {
        report("\(error)\n\(error.excerpt)")
        return 1
    }
}

func report(_ message: String) {
    // There is nobody to tell when standard error is closed.
    try? FileDescriptor.standardError.writeAll(Array("\(message)\n".utf8))
}

ProcessExit.exit(run())
