import POSIX

/// What the helper tells the process that has started it.
enum Report: Equatable {
    /// The program has ended; an exit code alone couldn't say it, since the helper has codes of its own.
    case ended(ExitStatus)
    /// The sandbox can't be made.
    case failed(SetUpStep, POSIXError)
    /// The program can't be run.
    case program(POSIXError)

    /// Bytes for a pipe.
    var bytes: [UInt8] {
        var writer = WordWriter()
        switch self {
        case .ended(.exited(let code)):
            writer.add("exited")
            writer.add(code)
        case .ended(.signaled(let number)):
            writer.add("signaled")
            writer.add(number)
        case .failed(let step, let error):
            writer.add("failed")
            writer.add(step.rawValue)
            writer.add(error)
        case .program(let error):
            writer.add("program")
            writer.add(error)
        }
        return writer.words.flatMap { Array($0.utf8) + [0] }
    }

    /// Reads the first report in the bytes of a pipe; nil if there is none.
    init?(_ bytes: [UInt8]) {
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        var reader = WordReader(words)
        do {
            switch try reader.word() {
            case "exited": self = .ended(.exited(try reader.number()))
            case "signaled": self = .ended(.signaled(try reader.number()))
            case "failed":
                let step: SetUpStep = try reader.value()
                self = .failed(step, try reader.error())
            case "program": self = .program(try reader.error())
            default: return nil
            }
        } catch {
            return nil
        }
    }
}

extension WordWriter {
    fileprivate mutating func add(_ error: POSIXError) {
        add(error.errno.rawValue)
        add(error.operation)
        add(error.path)
        add(error.secondPath)
        add(error.explanation)
    }
}

extension WordReader {
    fileprivate mutating func error() throws(NoSuchWord) -> POSIXError {
        let errno = Errno(rawValue: try number())
        let operation = try word()
        let path = try optional()
        let secondPath = try optional()
        return POSIXError(errno, operation, path, to: secondPath, explanation: try optional())
    }
}

/// The helper's end of the pipe for reports.
struct ReportPipe {
    /// The descriptor that the helper gets it as.
    static let number: Int32 = 3

    /// Writes a report, which may be lost: there is nobody else to tell.
    func send(_ report: Report) {
        try? FileDescriptor(rawValue: Self.number).writeAll(report.bytes)
    }
}

/// A failed step.
struct SetUpFailure: Error {
    var step: SetUpStep
    var error: POSIXError
}

/// Names the step that an error belongs to.
@discardableResult
func during<Result: ~Copyable>(
    _ step: SetUpStep,
    _ body: () throws(POSIXError) -> Result
) throws(SetUpFailure) -> Result {
    do {
        return try body()
    } catch {
        throw SetUpFailure(step: step, error: error)
    }
}
