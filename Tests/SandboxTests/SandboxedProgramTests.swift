import POSIX
import Sandbox
import TestSupport
import Testing

@Suite(
    "A program in a sandbox",
    .enabled(if: !SandboxFixture.isolations.isEmpty, SandboxFixture.comment),
    .timeLimit(.minutes(2))
)
struct SandboxedProgramTests {
    @Test("runs as the user that it is told to, without rights", arguments: SandboxFixture.isolations)
    func identity(isolation: Isolation) throws {
        let script = "id -u; id -g; grep -E '^(CapEff|NoNewPrivs)' /proc/self/status; umask"
        let result = try SandboxFixture.run(SandboxFixture.script(script), isolation)
        let words = result.output.split(whereSeparator: \.isWhitespace)
        #expect(words == ["1000", "1000", "CapEff:", "0000000000000000", "NoNewPrivs:", "1", "0022"], "\(result)")
    }

    @Test("as root it has the rights of a container, not those over the machine", arguments: SandboxFixture.isolations)
    func root(isolation: Isolation) throws {
        var program = SandboxFixture.script(
            "id -u; umount /tmp 2>/dev/null && echo taken off; hostname other && echo named"
        )
        program.owner = .root
        let result = try SandboxFixture.run(program, isolation)
        #expect(result.output == "0\n", "\(result)")
    }

    @Test(
        "gets its arguments, its environment and its directory, and nothing else",
        arguments: SandboxFixture.isolations
    )
    func surroundings(isolation: Isolation) throws {
        var program = SandboxFixture.script("")
        program.path = "/usr/bin/env"
        program.arguments = ["a name", "-0"]
        program.environment = ["A=", "B=x=y", "C=\u{301} ü\n", "0=number"]
        let environment = try SandboxFixture.run(program, isolation).output.split(separator: "\0")
        #expect(environment == ["A=", "B=x=y", "C=\u{301} ü\n", "0=number"])

        program = SandboxFixture.script("")
        program.workingDirectory = "/usr/lib"
        // Three streams, and the directory that is listed.
        program.arguments = ["a name", "-c", "echo \"$0\" \"$1\"; pwd; ls /proc/self/fd", "", "x\ny"]
        let result = try SandboxFixture.run(program, isolation)
        #expect(result.output == " x\ny\n/usr/lib\n0\n1\n2\n3\n", "\(result)")
    }

    @Test("ends with its own exit code or signal", arguments: SandboxFixture.isolations)
    func status(isolation: Isolation) throws {
        #expect(try SandboxFixture.run(SandboxFixture.script("exit 125"), isolation).status == .exited(125))
        #expect(try SandboxFixture.run(SandboxFixture.script("kill -9 $$"), isolation).status == .signaled(9))
    }

    @Test("sees its own processes only", arguments: SandboxFixture.isolations)
    func processes(isolation: Isolation) throws {
        let result = try SandboxFixture.run(SandboxFixture.script("ls /proc | grep -c '^[0-9]'; echo $$"), isolation)
        // The helper, the shell and what it starts: other tests run here too, and are not seen.
        let numbers = result.output.split(separator: "\n").compactMap { Int($0) }
        #expect(numbers.count == 2 && numbers.allSatisfy { $0 <= 5 }, "\(result)")
    }

    @Test("can't read what its helper knows of the machine", arguments: SandboxFixture.isolations)
    func helper(isolation: Isolation) throws {
        let script = "cat /proc/1/environ /proc/1/mem /proc/1/fd/3; ls /proc/1/root/; readlink /proc/1/cwd /proc/1/exe"
        #expect(try SandboxFixture.run(SandboxFixture.script(script), isolation).output == "")
    }

    @Test("has no network but itself where it is to have none", arguments: SandboxFixture.isolations)
    func network(isolation: Isolation) throws {
        var program = SandboxFixture.script(
            "tail -n +3 /proc/net/dev | cut -d: -f1; cat /sys/class/net/lo/flags 2>/dev/null"
        )
        program.network = .none
        program.hostName = "sandboxed"
        program.arguments[2] += "; hostname; grep -c . /proc/net/fib_trie"
        let result = try SandboxFixture.run(program, isolation)
        #expect(result.lines.first?.hasSuffix("lo") == true, "\(result)")
        #expect(result.output.contains("sandboxed"))
        // The table of addresses is empty as long as the interface is down.
        #expect(result.lines.dropLast().last != "0", "\(result)")
        #expect(try runCommand(["hostname"]).output != "sandboxed\n")
    }

    @Test("is held to its limits", arguments: SandboxFixture.isolations)
    func limits(isolation: Isolation) throws {
        var program = SandboxFixture.script("ulimit -n; ulimit -c; ulimit -f")
        program.limits = [.openFiles(77), .coreFiles(0), .fileSize(512 * 9)]
        #expect(try SandboxFixture.run(program, isolation).output == "77\n0\n9\n")
    }

    @Test("reads what it is given", arguments: SandboxFixture.isolations)
    func input(isolation: Isolation) throws {
        var program = SandboxFixture.script("cat; tr a-z A-Z </dev/null; echo $(cat /dev/stdin)")
        program.standardInput = .bytes(Array("words".utf8))
        #expect(try SandboxFixture.run(program, isolation).output == "words\n")
    }

    @Test("leaves nothing running", arguments: SandboxFixture.isolations)
    func daemons(isolation: Isolation) throws {
        let name = "sleep 97\(Int.random(in: 0..<10_000_000))"
        let result = try SandboxFixture.run(SandboxFixture.script("setsid \(name) >/dev/null 2>&1 & exit 3"), isolation)
        #expect(result.status == .exited(3))
        #expect(try runCommand(["pgrep", "-f", "^\(name)"]).output == "")
    }

    @Test("says what is missing: root, source, directory, program", arguments: SandboxFixture.isolations)
    func missing(isolation: Isolation) throws {
        let runner = SandboxRunner(isolation, helperPath: SandboxFixture.helperPath)
        func failure(_ change: (inout SandboxedProgram) -> Void) -> String {
            var program = SandboxFixture.script("true")
            change(&program)
            do throws(SandboxError) {
                return "\(try runner.run(program) { _, _ in })"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            failure { $0.root = .directory("/no/root", isReadOnly: true) }
                == "make a sandbox (root): open /no/root: no such file or directory"
        )
        #expect(
            failure { $0.mounts.append(.bind("/no/source", at: "/tmp/x")) }
                == "make a sandbox (mounts): open /no/source: no such file or directory"
        )
        #expect(failure { $0.workingDirectory = "/no/dir" } == "chdir /no/dir: no such file or directory")
        #expect(failure { $0.path = "/no/program" } == "exec /no/program: no such file or directory")
        #expect(
            failure { $0.path = "/etc/passwd" }
                == "exec /etc/passwd: permission denied: it is not executable; chmod +x makes it so"
        )
    }

    @Test("many at once, from many threads", arguments: SandboxFixture.isolations)
    func parallel(isolation: Isolation) throws {
        let outputs = Lock<Set<String>>([])
        Threads.parallel(count: 16, limit: 8) { index in
            let result = try? SandboxFixture.run(SandboxFixture.script("echo $((\(index) * 3))"), isolation)
            outputs.withLock { _ = $0.insert(result?.output ?? "none") }
        }
        #expect(outputs.withLock { $0 } == Set((0..<16).map { "\($0 * 3)\n" }))
    }
}
