import CPOSIX
import Glibc

extension Subprocess {
    /// How long a child may run, and how much of its output is kept.
    public struct Limits: Hashable, Sendable {
        /// After this long the child's process group is killed, in milliseconds.
        public var milliseconds: Int
        /// How much of the output of each stream is kept, in bytes; the rest is read and forgotten.
        public var outputBytes: Int

        /// Sets limits.
        /// - Parameters:
        ///   - milliseconds: After this long the child's process group is killed.
        ///   - outputBytes: How much of the output of each stream is kept.
        public init(milliseconds: Int, outputBytes: Int) {
            self.milliseconds = milliseconds
            self.outputBytes = outputBytes
        }
    }

    /// What a child with limits has written, and how it ended.
    public struct LimitedCapture: Hashable, Sendable {
        /// What was written, and how it ended.
        public var capture: Capture
        /// Both streams together, in the order in which the pieces arrived.
        public var joined: [UInt8]
        /// Whether the child was killed for running too long.
        public var hasTimedOut: Bool
        /// Whether some of the output is missing.
        public var isTruncated: Bool
    }

    /// Runs a child, as the leader of a process group, to its end or until its time is up.
    /// - Parameters:
    ///   - configuration: What to run; nothing of it may keep the output open after the leader's end.
    ///   - limits: How long it may run, and how much of its output is kept.
    /// - Returns: What it did.
    /// - Throws: When the program cannot be started.
    public static func capture(
        _ configuration: SubprocessConfiguration,
        limits: Limits
    ) throws(POSIXError) -> LimitedCapture {
        var configuration = configuration
        configuration.newProcessGroup = true
        let deadline = Clock.monotonicNanoseconds &+ Int64(limits.milliseconds) &* 1_000_000
        let child = try Child(starting: configuration)
        var result = LimitedCapture(
            capture: Capture(status: .exited(0), output: [], errors: []),
            joined: [],
            hasTimedOut: false,
            isTruncated: false
        )
        result.hasTimedOut = !child.readOutput(until: deadline) { stream, bytes in
            let isOutput = stream == .standardOutput
            let kept = isOutput ? result.capture.output.count : result.capture.errors.count
            let bytes = bytes.prefix(max(0, limits.outputBytes - kept))
            result.isTruncated = result.isTruncated || bytes.isEmpty
            if isOutput { result.capture.output += bytes } else { result.capture.errors += bytes }
            result.joined += bytes
        }
        // Who closes the streams may run on nevertheless.
        if !result.hasTimedOut { result.hasTimedOut = !child.hasEnded(before: deadline) }
        if result.hasTimedOut { kill(-child.identifier, SIGKILL) }
        result.capture.status = try child.wait()
        return result
    }
}

extension Child {
    /// Reads both streams until nobody has them open for writing.
    /// - Returns: False when the time is up before.
    fileprivate func readOutput(
        until deadline: Int64,
        _ receive: (OutputStream, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var polled = [output.descriptor.rawValue, errors.descriptor.rawValue].map { descriptor in
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        }
        return withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 16) { buffer in
            while polled.contains(where: { $0.fd >= 0 }) {
                let rest = Int32(clamping: (deadline &- Clock.monotonicNanoseconds) / 1_000_000)
                guard rest > 0 else { return false }
                guard (try? retrying { poll(&polled, nfds_t(polled.count), rest) }) != nil else { return false }
                for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                    let descriptor = FileDescriptor(rawValue: polled[index].fd)
                    let count = (try? descriptor.read(into: buffer)) ?? 0
                    if count == 0 { polled[index].fd = -1 }
                    guard count > 0 else { continue }
                    let stream = index == 0 ? OutputStream.standardOutput : .standardError
                    receive(stream, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
            return true
        }
    }
    /// Waits for the child's end.
    /// - Returns: False when the time is up before.
    fileprivate func hasEnded(before deadline: Int64) -> Bool {
        let end = cposix_pidfd_open(identifier)
        // Old kernels don't have these; there the end is waited for without a limit.
        guard end >= 0 else { return true }
        defer { close(end) }
        var polled = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        let rest = Int32(clamping: max(0, (deadline &- Clock.monotonicNanoseconds) / 1_000_000))
        return ((try? retrying { poll(&polled, 1, rest) }) ?? 1) > 0
    }
}
