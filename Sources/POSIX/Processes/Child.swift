import CPOSIX
import Glibc

/// A child process whose output is read by this one.
struct Child: ~Copyable {
    let identifier: pid_t
    private let leadsGroup: Bool
    private let outlastsChild: Bool
    let output: OwnedDescriptor
    let errors: OwnedDescriptor

    /// Starts a child.
    /// - Parameter configuration: What to run.
    /// - Throws: `fork/exec` errors with the program's path, `chdir` with the directory's.
    init(starting configuration: SubprocessConfiguration) throws(POSIXError) {
        let output = try Pipe()
        let errors = try Pipe()
        let input = try ChildInput(configuration.standardInput)
        let identifier = try Interruption.registering(group: configuration.newProcessGroup) { () throws(POSIXError) in
            try spawn(
                configuration,
                input: input.descriptor,
                output: output.writeEnd.descriptor,
                errors: configuration.joinsStreams ? output.writeEnd.descriptor : errors.writeEnd.descriptor
            )
        }
        self.identifier = identifier
        leadsGroup = configuration.newProcessGroup
        outlastsChild = configuration.outlastsChild
        self.output = output.takeReadEnd()
        self.errors = errors.takeReadEnd()
    }

    /// How long after the child's end output is read that others still have open, in milliseconds.
    ///
    /// Enough for the `tee` or `sed` of a process substitution to pass on what it has got; not for ever, since daemons
    /// keep what they have inherited.
    private static let graceMilliseconds = 2000

    /// Reads both streams until nobody has them open for writing, or until some time after the child's end.
    func readOutput(by unit: OutputUnit, _ receive: (OutputStream, ArraySlice<UInt8>) -> Void) {
        var lines = [LineBuffer(stream: .standardOutput), LineBuffer(stream: .standardError)]
        // Without a descriptor for the child's end, which old kernels don't have, its streams' end is waited for.
        let end = outlastsChild ? -1 : cposix_pidfd_open(identifier)
        defer { if end >= 0 { close(end) } }
        var polled = [output.descriptor.rawValue, errors.descriptor.rawValue, end].map { descriptor in
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        }
        var deadline: Int64?
        withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 16) { buffer in
            while lines.indices.contains(where: { polled[$0].fd >= 0 }) {
                let rest = deadline.map { Int32(clamping: max(0, ($0 &- Clock.monotonicNanoseconds) / 1_000_000)) }
                let ready = try? retrying { poll(&polled, nfds_t(polled.count), rest ?? -1) }
                guard let ready, ready > 0, rest != 0 else { break }
                if polled[2].revents != 0 {
                    deadline = Clock.monotonicNanoseconds &+ Int64(Self.graceMilliseconds) &* 1_000_000
                    polled[2].fd = -1
                }
                for index in lines.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                    let descriptor = FileDescriptor(rawValue: polled[index].fd)
                    let count = (try? descriptor.read(into: buffer)) ?? 0
                    if count == 0 {
                        polled[index].fd = -1
                        continue
                    }
                    switch unit {
                    case .lines: lines[index].append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), receive)
                    case .pieces: receive(lines[index].stream, Array(buffer[..<count])[...])
                    }
                }
            }
        }
        for index in lines.indices { lines[index].finish(receive) }
    }

    /// Waits until the child has ended.
    consuming func wait() throws(POSIXError) -> ExitStatus {
        let identifier = identifier
        if leadsGroup {
            // The group is forgotten before its number becomes free for others.
            var information = siginfo_t()
            try systemCall("wait") { waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) }
            Interruption.unregister(group: identifier)
        }
        var status: Int32 = 0
        try systemCall("wait") { waitpid(identifier, &status, 0) }
        return ExitStatus(waitStatus: status)
    }
}

extension ExitStatus {
    /// Reads what `waitpid` tells.
    public init(waitStatus status: Int32) {
        self =
            cposix_wait_exited(status) != 0
            ? .exited(cposix_wait_exit_status(status)) : .signaled(cposix_wait_signal(status))
    }
}

/// Takes a stream of bytes apart at newlines.
private struct LineBuffer {
    /// Longer lines are handed over in pieces, so that a child without newlines cannot fill the memory.
    private static let longest = 65536

    let stream: OutputStream
    private var pending: [UInt8] = []

    init(stream: OutputStream) {
        self.stream = stream
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer, _ receive: (OutputStream, ArraySlice<UInt8>) -> Void) {
        pending += bytes
        var start = 0
        // What was pending before has no newline.
        var searched = pending.count - bytes.count
        while let newline = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            receive(stream, pending[start...newline])
            start = newline + 1
            searched = start
        }
        pending.removeFirst(start)
        if pending.count >= Self.longest { finish(receive) }
    }

    mutating func finish(_ receive: (OutputStream, ArraySlice<UInt8>) -> Void) {
        guard !pending.isEmpty else { return }
        receive(stream, pending[...])
        pending.removeAll(keepingCapacity: true)
    }
}
