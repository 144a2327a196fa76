// A program that uses sandboxes, for the tests that need one of its own: to be killed, to run as another user, or where
// something is forbidden.
import POSIX
import Sandbox

let words = Array(ProcessArguments.all.dropFirst())
ProcessExit.exit(SandboxHosted.run(words))

/// What the tests can have done.
enum SandboxHosted {
    static func run(_ words: [String]) -> Int32 {
        switch words.first {
        case SandboxHelper.command: return SandboxHelper.run(Array(words.dropFirst()))
        case "run" where words.count >= 5: return runScript(words)
        case "choose" where words.count == 3: return choose(words)
        case "checks" where words.count == 3: return checks(words)
        default: return 2
        }
    }

    /// `run ISOLATION OWNER ROOT SCRIPT [ids] [SOURCE:TARGET[:rw]]...`: a shell script; the root is this machine's where it
    /// is `-`, and there are more users than one with `ids`.
    private static func runScript(_ words: [String]) -> Int32 {
        guard let isolation = Isolation(rawValue: words[1]), let owner = Owner(words[2]) else { return 2 }
        let root: SandboxRoot =
            words[3] == "-" ? .directory("/", isReadOnly: true) : .directory(words[3], isReadOnly: false)
        var program = SandboxedProgram(
            path: "/bin/sh",
            arguments: ["-c", words[4]],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            owner: owner,
            root: root
        )
        for word in words.dropFirst(5) {
            if word == "ids" {
                do throws(Obstacle) {
                    program.subordinateIDs = try SubordinateIDs()
                } catch {
                    FileDescriptor.standardError.report("\(error)\n")
                    return 125
                }
                continue
            }
            let fields = word.split(separator: ":").map(String.init)
            program.mounts.append(.bind(fields[0], at: fields[1], isReadOnly: fields.count == 2))
        }
        do {
            try Interruption.install()
            let status = try SandboxRunner(isolation).run(program) { stream, bytes in
                let descriptor = stream == .standardOutput ? FileDescriptor.standardOutput : .standardError
                try? descriptor.writeAll(Array(bytes))
            }
            if case .exited(let code) = status { return code }
            FileDescriptor.standardError.report("\(status)\n")
            return 128
        } catch {
            FileDescriptor.standardError.report("\(error)\n")
            return 125
        }
    }

    /// `choose CHOICE OWNER`: the way that works, and what is in the way of better ones.
    private static func choose(_ words: [String]) -> Int32 {
        guard let choice = IsolationChoice(rawValue: words[1]), let owner = Owner(words[2]) else { return 2 }
        do throws(SandboxError) {
            let chosen = try IsolationProbe(for: owner).choose(choice)
            FileDescriptor.standardOutput.report("\(chosen.isolation.rawValue)\n")
            report(chosen.refused)
            return 0
        } catch {
            if case .unavailable(let refused) = error { report(refused) } else { report("\(error)\n") }
            return 1
        }
    }

    private static func report(_ refused: [RefusedIsolation]) {
        for one in refused { report("\(one.isolation.rawValue): \(one.obstacle)\n") }
    }

    private static func report(_ text: String) { FileDescriptor.standardOutput.report(text) }

    /// `checks OWNER STORE`: what a doctor would say.
    private static func checks(_ words: [String]) -> Int32 {
        guard let owner = Owner(words[1]) else { return 2 }
        for check in IsolationProbe(for: owner).checks(storeDir: words[2]) {
            report("\(check.isFine ? "ok" : "FAILED") \(check.name): \(check.detail)\n")
            for remedy in check.remedies { report("  \(remedy)\n") }
        }
        return 0
    }
}
