import POSIX
import TestSupport
import Testing

@Suite("Subprocesses")
struct SubprocessTests {
    private func shell(_ script: String, environment: [String] = ["PATH=/usr/bin:/bin"]) -> SubprocessConfiguration {
        SubprocessConfiguration(executable: "/bin/sh", arguments: ["-c", script], environment: environment)
    }

    @Test("a child has exactly the given arguments, environment and directory")
    func surroundings() throws {
        let directory = try TemporaryDirectory()
        var configuration = shell(#"printf '%s\n' "$#" "$1" "$2"; pwd; env"#, environment: ["A=1", "B=x y"])
        configuration.arguments += ["name", "first", ""]
        configuration.workingDirectory = directory.path
        let capture = try Subprocess.capture(configuration)
        let lines = String(decoding: capture.output, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines[0...3] == ["2", "first", "", Substring(directory.path)])
        #expect(lines.contains("A=1") && lines.contains("B=x y") && !lines.contains { $0.hasPrefix("HOME=") })
    }

    @Test("streams are kept apart and the exit code comes back")
    func streams() throws {
        let capture = try Subprocess.capture(shell("echo out; echo err >&2; exit 42"))
        #expect(capture.output == Array("out\n".utf8))
        #expect(capture.errors == Array("err\n".utf8))
        #expect(capture.status == .exited(42))
        #expect(capture.status.description == "exit status 42")
    }

    @Test("joined streams keep the order in which the child wrote")
    func joinedStreams() throws {
        var configuration = shell("for i in 1 2 3; do echo out $i; echo err $i >&2; done")
        configuration.joinsStreams = true
        let capture = try Subprocess.capture(configuration)
        #expect(capture.output == Array("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n".utf8))
        #expect(capture.errors.isEmpty)
    }

    @Test("a signal that ends a child is named")
    func signaled() throws {
        let status = try Subprocess.capture(shell("kill -9 $$")).status
        #expect(status == .signaled(9))
        #expect(status.description == "signal: killed")
        #expect(status.code == -1)
    }

    @Test("a child's signals are not those of this process")
    func defaultSignals() throws {
        Signal.ignoreBrokenPipe()
        let status = try Subprocess.capture(shell("while read name set; do echo $name $set; done < /proc/self/status"))
            .output
        let sets = String(decoding: status, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
        let masks = Dictionary(
            uniqueKeysWithValues: sets.filter { $0.count == 2 }.map { ($0[0], UInt64($0[1], radix: 16)) }
        )
        let brokenPipe: UInt64 = 1 << 12
        #expect(masks["SigBlk:"] == 0)
        #expect(try #require(masks["SigIgn:"] ?? nil) & brokenPipe == 0)
    }

    @Test(
        "a program that cannot be started is reported with its path",
        arguments: [
            ("/no/such/program", "fork/exec /no/such/program: no such file or directory"),
            ("/etc/passwd", "fork/exec /etc/passwd: permission denied: it is not executable; chmod +x makes it so"),
            ("/", "fork/exec /: permission denied"),
        ]
    )
    func startFailure(path: String, expected: String) throws {
        let error = #expect(throws: POSIXError.self) {
            _ = try Subprocess.capture(SubprocessConfiguration(executable: path))
        }
        #expect(try #require(error).description == expected)
    }

    @Test("a missing working directory is reported with its own path")
    func missingDirectory() throws {
        var configuration = shell("true")
        configuration.workingDirectory = "/no/such/directory"
        let error = #expect(throws: POSIXError.self) { _ = try Subprocess.capture(configuration) }
        #expect(try #require(error).description == "chdir /no/such/directory: no such file or directory")
    }

    @Test(
        "a script that can't be run is reported with the reason",
        arguments: [
            ("echo hello\n", "exec format error: it is no program, and needs a first line such as #!/bin/sh"),
            ("#!/bin/sh\r\necho hello\r\n", "no such file or directory: its lines end with CRLF"),
            (
                "#! /no/such/shell -e\n",
                "no such file or directory: its first line asks for the interpreter /no/such/shell"
            ),
            ("#!\n", "exec format error: its first line #! names no interpreter"),
        ]
    )
    func brokenScript(text: String, reason: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("script", text, mode: 0o755)
        let error = #expect(throws: POSIXError.self) {
            _ = try Subprocess.capture(SubprocessConfiguration(executable: path))
        }
        #expect(try #require(error).description.hasPrefix("fork/exec \(path): \(reason)"), "\(error.debugDescription)")
    }

    @Test("ten megabytes without a newline arrive whole")
    func longLine() throws {
        var count = 0
        var calls = 0
        let status = try Subprocess.run(shell("head -c 10485760 /dev/zero | tr '\\0' x")) { _, bytes in
            #expect(bytes.allSatisfy { $0 == UInt8(ascii: "x") })
            count += bytes.count
            calls += 1
        }
        #expect(status.isSuccess)
        #expect(count == 10_485_760)
        #expect(calls > 1)
    }

    @Test("lines come one at a time, the last without its newline, binary bytes as they are")
    func lines() throws {
        var lines: [[UInt8]] = []
        _ = try Subprocess.run(shell(#"printf 'one\n\ntwo\0\377\nlast'"#)) { _, line in lines.append(Array(line)) }
        #expect(
            lines == [Array("one\n".utf8), Array("\n".utf8), Array("two".utf8) + [0, 0xff, 0x0a], Array("last".utf8)]
        )
    }

    @Test("pieces come without waiting for a newline, and are all that the child wrote")
    func pieces() throws {
        let directory = try TemporaryDirectory()
        let fifo = directory.path("go")
        #expect(try runCommand(["mkfifo", fifo]).status.isSuccess)
        var pieces: [String] = []
        _ = try Subprocess.run(shell("printf ...; read word < \(fifo); echo $word"), by: .pieces) { _, piece in
            pieces.append(String(decoding: piece, as: UTF8.self))
            if pieces.count == 1 { try? FileSystem.writeFile(fifo, "done\n") }
        }
        #expect(pieces == ["...", "done\n"])
    }

    @Test("what helpers of a child write just after its end is not lost")
    func lateOutput() throws {
        var configuration = shell("echo early; (sleep 0.2; echo late) & exit 3")
        configuration.outlastsChild = false
        let capture = try Subprocess.capture(configuration)
        #expect(capture.output == Array("early\nlate\n".utf8))
        #expect(capture.status == .exited(3))
    }

    @Test("a daemon that keeps the output open is left behind, however much it writes", .timeLimit(.minutes(1)))
    func daemon() throws {
        for script in ["sleep 300 & echo $!", "yes & echo $!"] {
            var configuration = shell(script)
            configuration.outlastsChild = false
            let start = Clock.monotonicNanoseconds
            let capture = try Subprocess.capture(configuration)
            #expect(capture.status.isSuccess)
            #expect(Clock.monotonicNanoseconds - start < 30_000_000_000)
            // The one without output is still there.
            let first = capture.output.prefix { $0 != UInt8(ascii: "\n") }
            if first.first != UInt8(ascii: "y") {
                _ = try runCommand(["kill", String(decoding: first, as: UTF8.self)])
            }
        }
    }

    @Test("a line is there before the child ends")
    func streaming() throws {
        let directory = try TemporaryDirectory()
        let fifo = directory.path("go")
        #expect(try runCommand(["mkfifo", fifo]).status.isSuccess)
        var lines: [String] = []
        let status = try Subprocess.run(shell("echo ready; read word < \(fifo); echo $word")) { _, line in
            lines.append(String(decoding: line, as: UTF8.self))
            if lines.count == 1 { try? FileSystem.writeFile(fifo, "answer\n") }
        }
        #expect(status.isSuccess)
        #expect(lines == ["ready\n", "answer\n"])
    }

    @Test("input is empty")
    func input() throws {
        #expect(try Subprocess.capture(shell("cat; exit 3")).status == .exited(3))
    }

    @Test("a child can run as another user and group", .enabled(if: Conditions.isRoot, "needs root"))
    func identity() throws {
        var configuration = shell("id -u; id -g; id -G; grep Groups /proc/self/status")
        configuration.identity = .init(uid: 1234, gid: 2345, groups: [2345, 3456])
        let output = try Subprocess.capture(configuration).output
        #expect(String(decoding: output, as: UTF8.self) == "1234\n2345\n2345 3456\nGroups:\t2345 3456 \n")
        #expect(Users.isRoot)
        configuration.identity = .init(uid: 1234, gid: 2345)
        configuration.arguments = ["-c", "grep Groups /proc/self/status"]
        #expect(try Subprocess.capture(configuration).output == Array("Groups:\t \n".utf8))
    }

    @Test("a child leads a process group of its own unless it must not")
    func processGroup() throws {
        let script = "cut -d ' ' -f 5 /proc/self/stat; echo $$"
        var configuration = shell(script)
        let lines = String(decoding: try Subprocess.capture(configuration).output, as: UTF8.self).split(separator: "\n")
        #expect(lines.first == lines.last)
        configuration.newProcessGroup = false
        let others = String(decoding: try Subprocess.capture(configuration).output, as: UTF8.self).split(
            separator: "\n"
        )
        #expect(others.first != others.last)
    }

    @Test("many children at the same time do not mix their output")
    func parallel() {
        let results = Threads.map(count: 40, limit: 8) { index in
            try? Subprocess.capture(shell("echo \(index); exit \(index)"))
        }
        for (index, capture) in results.enumerated() {
            #expect(capture?.output == Array("\(index)\n".utf8))
            #expect(capture?.status == .exited(Int32(index)))
        }
    }

    @Test("no descriptors leak into a child")
    func descriptors() throws {
        let directory = try TemporaryDirectory()
        let file = try OwnedDescriptor(opening: directory.path("file"), .replace)
        let output = try Subprocess.capture(shell("ls /proc/$$/fd")).output
        let names = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(!names.contains("\(file.descriptor.rawValue)"))
        #expect(names.contains("0") && names.contains("1") && names.contains("2"))
    }

    @Test("a process in the background can be stopped, with its children")
    func background() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path("log")
        let process = try RunningProcess(shell("sleep 100 & echo $!; wait"), outputPath: log)
        var child = ""
        for _ in 1...500 where !child.hasSuffix("\n") {
            Clock.sleep(milliseconds: 10)
            child = try FileSystem.readText(log)
        }
        #expect(process.isRunning)
        #expect(process.stop() == .signaled(15))
        #expect(!process.isRunning)
        let path = "/proc/\(child.dropLast())/cmdline"
        #expect(((try? FileSystem.readFile(path)) ?? []).isEmpty)
    }
}
