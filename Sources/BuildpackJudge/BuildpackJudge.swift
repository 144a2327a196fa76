import POSIX
import Sandbox
import TOML

/// Runs a buildpack through detect and build, and compares what it does with the buildpack specification.
struct BuildpackJudge {
    /// What to judge, and how.
    struct Options {
        var buildpackDir: String
        var appDir: String
        /// Directories of buildpacks that a composite one refers to.
        var memberDirs: [String] = []
        /// What the platform gives to buildpacks.
        var platform = PlatformInput()
        /// An empty directory for the builds.
        var scratch: String
    }

    /// What has come of it.
    struct Verdict {
        var descriptor: Descriptor?
        var findings = Findings()
        /// Why not everything could be judged; nil when it could.
        var obstacle: String?
    }

    let options: Options
    let sandbox: TreeRunner

    /// Judges the buildpack.
    /// - Returns: What was found.
    /// - Throws: When files can't be copied, or nothing can be run.
    func run() throws(POSIXError) -> Verdict {
        var verdict = Verdict()
        verdict.descriptor = DescriptorCheck(directory: options.buildpackDir).run(&verdict.findings)
        guard let descriptor = verdict.descriptor else {
            verdict.obstacle = "the buildpack can't be run before its descriptor is right"
            return verdict
        }
        var contents = BuildTree.Contents(
            buildpacks: [descriptor],
            appDir: options.appDir,
            plan: WrittenPlan(),
            platform: options.platform
        )
        if descriptor.isComposite {
            contents.buildpacks += members(&verdict.findings)
            guard contents.buildpacks.count > 1 else {
                verdict.obstacle = "a composite buildpack needs its members: give their directories as --buildpacks"
                return verdict
            }
        } else {
            try detectEmptyApp(contents, &verdict.findings)
            guard let plan = try detect(contents, &verdict) else { return verdict }
            contents.plan = plan
        }
        try build(contents, &verdict)
        return verdict
    }

    /// The buildpacks that a composite one may refer to.
    private func members(_ findings: inout Findings) -> [Descriptor] {
        var result: [Descriptor] = []
        for directory in options.memberDirs {
            let isBuildpack = FileSystem.exists(Path.join(directory, "buildpack.toml"))
            let names = isBuildpack ? [""] : ((try? FileSystem.list(directory)) ?? []).map(\.name).sorted()
            for name in names {
                let path = name.isEmpty ? directory : Path.join(directory, name)
                guard FileSystem.exists(Path.join(path, "buildpack.toml")), path != options.buildpackDir else {
                    continue
                }
                // Members are judged on their own.
                var ignored = Findings()
                if let member = DescriptorCheck(directory: path).run(&ignored) { result.append(member) }
            }
        }
        return result
    }

    private func tree(_ name: String, _ contents: BuildTree.Contents) throws(POSIXError) -> BuildTree {
        try BuildTree(Path.join(options.scratch, name), contents, sandbox)
    }

    // MARK: Detect

    private func detectEmptyApp(_ contents: BuildTree.Contents, _ findings: inout Findings) throws(POSIXError) {
        var contents = contents
        contents.appDir = nil
        let result = try tree("empty", contents).callDetect()
        guard ![.exited(0), .exited(100)].contains(result.status) else { return }
        findings.add(.detectUnrelatedApp, "bin/detect", "it ends with \(result.status) for an app without files")
    }

    /// Calls `bin/detect` as a lifecycle does, to see its exit code and its plan.
    private func detect(
        _ contents: BuildTree.Contents,
        _ verdict: inout Verdict
    ) throws(POSIXError) -> WrittenPlan? {
        let tree = try tree("detect", contents)
        let before = TreeSnapshot(tree.root, .changes)
        let result = try tree.callDetect()
        guard result.failure == nil else {
            verdict.obstacle = "bin/detect can't be run: \(result.failure ?? "")"
            return nil
        }
        Changes(TreeSnapshot(tree.root, .changes).changes(since: before)).judgeDetect(&verdict.findings)
        let plan = PlanCheck.run(try? tree.files.read(BuildTree.planPath), &verdict.findings)
        switch result.status {
        case .exited(0): break
        case .exited(100):
            verdict.obstacle = "bin/detect declines the app: choose one with --app that the buildpack is for"
            return nil
        default:
            let end = result.hasTimedOut ? "does not end" : "ends with \(result.status)"
            verdict.findings.add(.detectExit, "bin/detect", "it \(end)\(result.lastLines)")
            verdict.obstacle = "the build can't be judged without a detection"
            return nil
        }
        if plan.needsOthers {
            let names = (plan.missing + plan.unused).joined(separator: ", ")
            let message = "other buildpacks have to provide or require: \(names)"
            verdict.findings.add(.planNeedsOthers, "bin/detect", message)
        }
        return plan
    }

    // MARK: Build

    /// Builds twice from scratch, and once with what the first build has left.
    private func build(_ contents: BuildTree.Contents, _ verdict: inout Verdict) throws(POSIXError) {
        let first = try tree("first", contents)
        guard let group = try detectByLifecycle(first, contents, &verdict) else { return }
        guard try run(first, of: group, contents.plan, &verdict) else { return }
        var layers: [String: [WrittenLayer]] = [:]
        for buildpack in group {
            let check = OutputCheck(descriptor: buildpack, tree: first.files, planNames: first.planNames(buildpack))
            layers[buildpack.id] = check.run(&verdict.findings)
        }

        let second = try tree("second", contents)
        if try detectByLifecycle(second, contents, &verdict) != nil, try second.callPhase("builder").status.isSuccess {
            for buildpack in group {
                Reproduction(buildpack, layers[buildpack.id] ?? []).compare(first, second, &verdict.findings)
            }
        }

        let again = try tree("rebuild", contents)
        guard try detectByLifecycle(again, contents, &verdict) != nil else { return }
        for buildpack in group {
            try Restoration(buildpack, layers[buildpack.id] ?? []).restore(from: first, to: again)
        }
        try Rebuild(group: group, layers: layers).judge(again, &verdict.findings)
    }

    /// Lets the lifecycle detect; gives the judged buildpacks that take part.
    private func detectByLifecycle(
        _ tree: BuildTree,
        _ contents: BuildTree.Contents,
        _ verdict: inout Verdict
    ) throws(POSIXError) -> [Descriptor]? {
        let result = try tree.callPhase("detector")
        if let failure = result.failure {
            verdict.obstacle = "the lifecycle's detector can't be run: \(failure)"
            return nil
        }
        guard result.status.isSuccess else {
            verdict.obstacle = "the lifecycle's detector ends with \(result.status)\(result.lastLines)"
            // Errors that were found before are the reason, and a composite buildpack may be for other apps.
            if !contents.buildpacks[0].isComposite, verdict.findings.count(.error) == 0 {
                verdict.findings.add(.lifecycleRefused, "detector", "it ends with \(result.status)\(result.lastLines)")
            }
            return nil
        }
        let ids = tree.groupIDs
        return contents.buildpacks.filter { !$0.isComposite && ids.contains($0.id) }
    }

    /// Lets the lifecycle build; false when there is nothing to look at.
    private func run(
        _ tree: BuildTree,
        of group: [Descriptor],
        _ plan: WrittenPlan,
        _ verdict: inout Verdict
    ) throws(POSIXError) -> Bool {
        let before = TreeSnapshot(tree.root, .changes)
        let result = try tree.callPhase("builder")
        let changes = TreeSnapshot(tree.root, .changes).changes(since: before)
        Changes(changes).judgeBuild(group, isComplete: result.status.isSuccess, &verdict.findings)
        if let failure = result.failure {
            verdict.obstacle = "the lifecycle's builder can't be run: \(failure)"
            return false
        }
        guard !result.status.isSuccess else { return true }
        // The platform specification has this code for a bin/build that fails.
        if result.status == .exited(51) || result.hasTimedOut {
            let end = result.hasTimedOut ? "does not end" : "fails"
            // Real ones would have made something, or have said more in their requirements: what a stand-in lacks is no
            // fault of the buildpack.
            let rule: Rule = plan.needsOthers ? .buildNeedsOthers : .buildExit
            verdict.findings.add(rule, "bin/build", "it \(end)\(result.lastLines)")
            verdict.obstacle =
                plan.needsOthers ? "the build has failed with stand-ins for others" : "the build has failed"
            return false
        }
        // Finds what the lifecycle may have refused.
        var found = Findings()
        for buildpack in group {
            let check = OutputCheck(descriptor: buildpack, tree: tree.files, planNames: tree.planNames(buildpack))
            _ = check.run(&found)
        }
        for finding in found.list {
            verdict.findings.add(finding.rule, finding.file, line: finding.line, finding.message)
        }
        if found.count(.error) == 0 {
            verdict.findings.add(.lifecycleRefused, "builder", "it ends with \(result.status)\(result.lastLines)")
        }
        verdict.obstacle = "the lifecycle can't use what bin/build has written, so only one build was looked at"
        return false
    }
}

extension TreeRunner.Result {
    /// The end of what was printed, for messages.
    var lastLines: String {
        let lines = output.split(separator: "\n").suffix(3).map { $0.prefix(300) }
        return lines.isEmpty ? "" : ": " + lines.joined(separator: " | ")
    }
}

extension BuildTree {
    /// The buildpacks that the lifecycle has detected.
    var groupIDs: [String] { table("/layers/group.toml").subtables("group").compactMap { $0.text("id") } }

    /// The names in a buildpack's plan.
    func planNames(_ buildpack: Descriptor) -> Set<String> {
        let entries = table("/layers/plan.toml").subtables("entries")
        let own = entries.filter { $0.subtables("providers").contains { $0.text("id") == buildpack.id } }
        return Set(own.flatMap { $0.subtables("requires") }.compactMap { $0.text("name") })
    }

    private func table(_ path: String) -> TOMLTable {
        (try? files.read(path)).flatMap { try? TOMLDocument.parse($0, file: path) } ?? TOMLTable()
    }
}
