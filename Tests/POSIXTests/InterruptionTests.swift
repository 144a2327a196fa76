import POSIX
import TestSupport
import Testing

@Suite("Interruption")
struct InterruptionTests {
    /// Starts a hanging child in a process of its own, interrupts that process, and looks for the child's children
    /// afterwards.
    @Test("SIGTERM ends the groups of all children, then this process with 143")
    func killsGroups() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .exitCode(143)) { [path = path as String] in
            try Interruption.install()
            let temporary = try FileSystem.makeTemporaryDirectory(prefix: "temporary-", in: path)
            try FileSystem.writeFile("\(temporary)/file", "")
            // The shell ignores SIGTERM and its own child does not; both have to go.
            let script = """
                trap '' TERM
                (trap - TERM; exec sleep 100) &
                echo $! > \(path)/new
                mv \(path)/new \(path)/child
                wait
                sleep 100
                """
            let hanging = try Thread {
                _ = try? Subprocess.capture(SubprocessConfiguration(executable: "/bin/sh", arguments: ["-c", script]))
                // Were the interrupted run to return, the exit code would be another.
                try? FileSystem.writeFile("\(path)/returned", "")
            }
            while !FileSystem.exists("\(path)/child") { Clock.sleep(milliseconds: 5) }
            _ = try runCommand(["/bin/sh", "-c", "kill -TERM $PPID"])
            hanging.join()
        }
        let child = String(try FileSystem.readText(directory.path("child")).dropLast())
        let state = (try? FileSystem.readText("/proc/\(child)/stat"))?.split(separator: " ").dropFirst(2).first
        #expect(state == nil || state == "Z")
        // Neither the temporary directory nor a sign that the interrupted run has returned.
        #expect(try FileSystem.list(directory.path).map(\.name) == ["child"])
    }

    @Test("SIGINT ends a process without children with 130")
    func interrupt() async {
        await #expect(processExitsWith: .exitCode(130)) {
            try Interruption.install()
            let shell = SubprocessConfiguration(
                executable: "/bin/sh",
                arguments: ["-c", "kill -INT $PPID"],
                newProcessGroup: false
            )
            _ = try Subprocess.capture(shell)
            Clock.sleep(milliseconds: 10_000)
        }
    }
}
