import CPOSIX
import Glibc

/// A child process whose output is read by this one.
struct Child: ~Copyable {
    private let identifier: pid_t
    private let leadsGroup: Bool
    private let output: OwnedDescriptor
    private let errors: OwnedDescriptor

    /// Starts a child.
    /// - Parameter configuration: What to run.
    /// - Throws: `fork/exec` errors with the program's path, `chdir` with the directory's.
    init(starting configuration: SubprocessConfiguration) throws(POSIXError) {
        let output = try Pipe()
        let errors = try Pipe()
        let nothing = try OwnedDescriptor(opening: "/dev/null")
        let input = configuration.standardInput == .empty ? nothing.descriptor : .standardInput
        let identifier = try Interruption.registering(group: configuration.newProcessGroup) { () throws(POSIXError) in
            try spawn(
                configuration,
                input: input,
                output: output.writeEnd.descriptor,
                errors: errors.writeEnd.descriptor
            )
        }
        self.identifier = identifier
        leadsGroup = configuration.newProcessGroup
        self.output = output.takeReadEnd()
        self.errors = errors.takeReadEnd()
    }

    /// Reads both streams until nobody has them open for writing.
    func readOutput(_ receive: (OutputStream, ArraySlice<UInt8>) -> Void) {
        var lines = [LineBuffer(stream: .standardOutput), LineBuffer(stream: .standardError)]
        var polled = [output.descriptor.rawValue, errors.descriptor.rawValue].map { descriptor in
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        }
        withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 16) { buffer in
            while polled.contains(where: { $0.fd >= 0 }) {
                guard (try? retrying { poll(&polled, nfds_t(polled.count), -1) }) != nil else { break }
                for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                    let descriptor = FileDescriptor(rawValue: polled[index].fd)
                    let count = (try? descriptor.read(into: buffer)) ?? 0
                    if count == 0 {
                        polled[index].fd = -1
                        lines[index].finish(receive)
                    } else {
                        lines[index].append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), receive)
                    }
                }
            }
        }
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
        return cposix_wait_exited(status) != 0
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

/// Two descriptors, of which one reads what is written to the other.
private struct Pipe: ~Copyable {
    let readEnd: OwnedDescriptor
    let writeEnd: OwnedDescriptor

    init() throws(POSIXError) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) {
            cposix_pipe($0.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else { throw POSIXError(.current, "pipe2") }
        readEnd = OwnedDescriptor(taking: FileDescriptor(rawValue: ends.0))
        writeEnd = OwnedDescriptor(taking: FileDescriptor(rawValue: ends.1))
    }

    /// Closes the end for writing, so that the other end can see the end of the stream.
    consuming func takeReadEnd() -> OwnedDescriptor { readEnd }
}

/// Starts a program; the caller waits for it.
private func spawn(
    _ configuration: SubprocessConfiguration,
    input: FileDescriptor,
    output: FileDescriptor,
    errors: FileDescriptor
) throws(POSIXError) -> pid_t {
    let name = configuration.name ?? configuration.executable
    let arguments = CStringArray([name] + configuration.arguments)
    let environment = CStringArray(configuration.environment)
    let groups = configuration.identity?.groups ?? []
    var child: pid_t = -1
    var step = CPOSIX_SPAWN_PREPARE
    let error = configuration.executable.withCString { path in
        withOptionalCString(configuration.workingDirectory) { directory in
            groups.withUnsafeBufferPointer { groups in
                var request = cposix_spawn_request()
                request.path = path
                request.arguments = UnsafePointer(arguments.pointer)
                request.environment = UnsafePointer(environment.pointer)
                request.directory = directory
                request.standard_input = input.rawValue
                request.standard_output = output.rawValue
                request.standard_error = errors.rawValue
                request.descriptor_3 = -1
                if let identity = configuration.identity {
                    request.sets_ids = 1
                    request.uid = identity.uid
                    request.gid = identity.gid
                    request.sets_groups = identity.groups == nil ? 0 : 1
                    request.groups = groups.baseAddress
                    request.group_count = groups.count
                }
                request.new_process_group = configuration.newProcessGroup ? 1 : 0
                return cposix_spawn(&request, &child, &step)
            }
        }
    }
    guard error == 0 else {
        let isDirectory = step == CPOSIX_SPAWN_DIRECTORY
        throw POSIXError(
            Errno(rawValue: error),
            isDirectory ? "chdir" : "fork/exec",
            isDirectory ? configuration.workingDirectory : configuration.executable
        )
    }
    return child
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString(body)
}

/// Strings as C wants lists of them: pointers, ended by a null pointer.
private final class CStringArray {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            pointer[index] = strdup(string)
        }
        pointer[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}
