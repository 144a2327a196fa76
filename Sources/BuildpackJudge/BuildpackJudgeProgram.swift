import Console
import POSIX
import Sandbox

/// `cnb-conformance buildpack`: judges a buildpack.
public enum BuildpackJudgeProgram {
    /// How the program ends.
    private enum Exit {
        static let clean: Int32 = 0
        static let errors: Int32 = 1
        /// The command line, the machine or the app makes a judgement impossible.
        static let notJudged: Int32 = 2
    }

    private static let flags = FlagTable(
        program: "cnb-conformance buildpack DIR --app DIR",
        flags: [
            Flag("app", .string(""), help: "directory of an app that the buildpack is for; it is copied"),
            Flag(
                "lifecycle",
                .string(""),
                help: "directory of the lifecycle's programs; by default the one of this program"
            ),
            Flag("buildpacks", .list([]), help: "directories of the buildpacks that a composite buildpack refers to"),
            Flag("env", .list([]), help: "a variable that the platform gives to buildpacks, as NAME=VALUE; repeatable"),
            Flag(
                "binding",
                .list([]),
                help: "a service binding, as TYPE=DIR, with a file for each of its entries in DIR; repeatable"
            ),
            Flag("format", .string("text"), help: "how to show what was found: text or json"),
            Flag("timeout", .integer(600), help: "seconds that detect and build may take each"),
            Flag("rules", .boolean(false), help: "list the rules that buildpacks are held to, as Markdown"),
            Flag("keep", .boolean(false), help: "leave the directory with the builds, and say where it is"),
        ]
    )

    /// Runs the command.
    /// - Parameter arguments: The arguments after `buildpack`.
    /// - Returns: The exit code.
    public static func run(_ arguments: [String]) -> Int32 {
        do throws(JudgeError) {
            return try judge(try parse(arguments))
        } catch {
            switch error {
            case .help:
                FileDescriptor.standardOutput.report(flags.usage)
                return Exit.clean
            case .rules:
                FileDescriptor.standardOutput.report(Rule.markdown)
                return Exit.clean
            case .message(let message):
                FileDescriptor.standardError.report("cnb-conformance buildpack: \(message)\n")
                return Exit.notJudged
            }
        }
    }

    /// Takes flags before and after the one argument.
    private static func parse(_ arguments: [String]) throws(JudgeError) -> (directory: String, flags: ParsedFlags) {
        do {
            var parsed = try flags.parse(arguments)
            if parsed.boolean("rules") ?? false { throw JudgeError.rules }
            guard let directory = parsed.arguments.first else {
                throw JudgeError.message("name the buildpack's directory")
            }
            let rest = Array(parsed.arguments.dropFirst())
            if !rest.isEmpty {
                // The flags before it once more, so that both kinds count.
                let before = arguments.prefix(arguments.count - parsed.arguments.count)
                parsed = try flags.parse(before + rest)
                guard parsed.arguments.isEmpty else { throw JudgeError.message("one buildpack at a time") }
            }
            return (directory, parsed)
        } catch let error as JudgeError {
            throw error
        } catch FlagError.helpRequested {
            throw .help
        } catch {
            throw .message("\(error)")
        }
    }

    private static func judge(_ command: (directory: String, flags: ParsedFlags)) throws(JudgeError) -> Int32 {
        let format = command.flags.string("format") ?? ""
        guard ["text", "json"].contains(format) else { throw .message("unknown format \"\(format)\": text or json") }
        let app = command.flags.string("app") ?? ""
        guard FileSystem.isDirectory(app) else { throw .message("--app has to name the directory of an app") }
        guard FileSystem.isDirectory(command.directory) else {
            throw .message("there is no directory \(command.directory)")
        }
        let platform = try platformInput(command.flags)
        let directory = try absolute(command.directory)
        let scratch = try scratchDirectory()
        defer {
            if command.flags.boolean("keep") ?? false {
                FileDescriptor.standardError.report("the builds are in \(scratch)\n")
            } else {
                Leftovers.remove(scratch)
            }
        }
        var sandbox = try sandbox(command.flags.string("lifecycle") ?? "", scratch)
        sandbox.limitMilliseconds = max(1, command.flags.integer("timeout") ?? 600) * 1000
        let options = BuildpackJudge.Options(
            buildpackDir: directory,
            appDir: try absolute(app),
            memberDirs: try (command.flags.list("buildpacks") ?? []).map { path throws(JudgeError) in try absolute(path)
            },
            platform: platform,
            scratch: scratch
        )
        let verdict: BuildpackJudge.Verdict
        do {
            verdict = try BuildpackJudge(options: options, sandbox: sandbox).run()
        } catch {
            throw .message("\(error)")
        }
        let report = VerdictReport(verdict: verdict, buildpackDir: command.directory)
        FileDescriptor.standardOutput.report(format == "json" ? report.json : report.text)
        if verdict.findings.count(.error) > 0 { return Exit.errors }
        return verdict.obstacle == nil ? Exit.clean : Exit.notJudged
    }

    private static func platformInput(_ flags: ParsedFlags) throws(JudgeError) -> PlatformInput {
        var platform = PlatformInput()
        for text in flags.list("env") ?? [] {
            if let complaint = platform.addVariable(text) { throw .message(complaint) }
        }
        for text in flags.list("binding") ?? [] {
            if let complaint = platform.addBinding(text) { throw .message(complaint) }
        }
        return platform
    }

    // MARK: Surroundings

    private static func absolute(_ path: String) throws(JudgeError) -> String {
        do {
            return try Path.absolute(path)
        } catch {
            throw .message("\(error)")
        }
    }

    private static func scratchDirectory() throws(JudgeError) -> String {
        // Without it an interrupted run would leave its trees; that is no reason not to run.
        try? Interruption.install()
        do {
            let path = try FileSystem.makeTemporaryDirectory(prefix: "cnb-conformance-")
            // The build's user has to get through.
            try FileSystem.chmod(path, 0o755)
            return path
        } catch {
            throw .message("\(error)")
        }
    }

    /// A sandbox with the lifecycle's programs in it.
    private static func sandbox(_ named: String, _ scratch: String) throws(JudgeError) -> TreeRunner {
        let lifecycle: String
        do {
            let directory = try lifecycleDir(named)
            if canServe(directory) {
                lifecycle = directory
            } else {
                lifecycle = Path.join(scratch, "lifecycle")
                try copyLifecycle(directory, to: lifecycle)
            }
        } catch let error as JudgeError {
            throw error
        } catch {
            throw .message("\(error)")
        }
        let host = HostTree(lifecycle: lifecycle)
        do throws(SandboxError) {
            let isolation = try IsolationProbe(for: .builder).choose(.namespaces).isolation
            return TreeRunner(isolation: isolation, host: host)
        } catch {
            throw .message("neither root nor user namespaces are to be had: \(error)")
        }
    }

    /// The named directory, or the one in which this program is.
    private static func lifecycleDir(_ named: String) throws(JudgeError) -> String {
        if !named.isEmpty { return try absolute(named) }
        guard let program = try? FileSystem.readLink("/proc/self/exe") else {
            throw .message("name the lifecycle's directory with --lifecycle")
        }
        return Path.directory(program)
    }

    /// Whether a directory has programs that anybody may run, also where nothing else of the machine is to be seen.
    private static func canServe(_ directory: String) -> Bool {
        guard let place = try? FileSystem.realPath(directory), FileSystem.isDirectory(place) else { return false }
        return ["detector", "builder"].allSatisfy { name in
            guard let program = try? FileSystem.realPath(Path.join(place, name)),
                let status = try? FileSystem.status(program)
            else { return false }
            let link = (try? FileSystem.readLink(Path.join(place, name))) ?? ""
            return Path.directory(program) == place && !link.contains("/") && status.mode.rawValue & 0o005 == 0o005
        }
    }

    /// Copies the two programs that are needed; both may be links to one.
    private static func copyLifecycle(_ directory: String, to copy: String) throws {
        try FileSystem.makeDirectory(copy)
        var copies: [String: String] = [:]
        for name in ["detector", "builder"] {
            let candidates = [name, "lifecycle"].map { Path.join(directory, $0) }
            guard let found = candidates.first(where: { FileSystem.isExecutable($0) }) else {
                throw JudgeError.message("there is no \(name) in \(directory): name its directory with --lifecycle")
            }
            let program = try FileSystem.realPath(found)
            let target = Path.join(copy, name)
            if let earlier = copies[program] {
                try FileSystem.createHardLink(target, to: earlier)
            } else {
                try FileSystem.copyFile(program, to: target)
                copies[program] = target
            }
        }
    }
}

/// Why a buildpack can't be judged.
private enum JudgeError: Error {
    case help
    case rules
    case message(String)
}
