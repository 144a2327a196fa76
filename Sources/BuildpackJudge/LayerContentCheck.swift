import POSIX
import Sandbox

/// Checks the directories of a layer that the specification gives a meaning.
struct LayerContentCheck {
    let output: OutputCheck
    let layer: WrittenLayer

    private static let suffixes: Set<String> = ["append", "default", "delim", "override", "prepend"]

    private var path: String { "\(output.layersDir)/\(layer.name)" }

    private func list(_ path: String) -> [DirectoryEntry] { output.list(path) }

    func run(_ findings: inout Findings) {
        checkEnvironment("env", &findings)
        checkEnvironment("env.build", &findings)
        checkEnvironment("env.launch", &findings)
        checkEffects(&findings)
        checkExecutables("\(path)/exec.d", mayHaveProcesses: true, &findings)
        // Older lifecycles run these scripts with Bash.
        if output.descriptor.api.minor >= 9, output.tree.status("\(path)/profile.d") != nil {
            let message = "scripts in profile.d are not run since Buildpack API 0.9"
            findings.add(.profileScript, "\(path)/profile.d", message)
        }
        if layer.types.launch { checkLinks(path, &findings) }
    }

    // MARK: Environment

    private func checkEnvironment(_ name: String, _ findings: inout Findings) {
        for entry in list("\(path)/\(name)") {
            let file = "\(path)/\(name)/\(entry.name)"
            if entry.type == .directory {
                guard name == "env.launch" else {
                    findings.add(.envDirectory, file, "there is a directory in \(name)")
                    continue
                }
                for nested in list(file) { checkVariable("\(file)/\(nested.name)", nested, &findings) }
            } else {
                checkVariable(file, entry, &findings)
            }
        }
    }

    private func checkVariable(_ file: String, _ entry: DirectoryEntry, _ findings: inout Findings) {
        guard entry.type != .directory else {
            findings.add(.envDirectory, file, "there is a directory in the directory of a process type")
            return
        }
        let parts = entry.name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts[0].isEmpty || (parts.count == 2 && !Self.suffixes.contains(parts[1])) {
            findings.add(.envSuffix, file, "\"\(entry.name)\" doesn't say how a variable is to change")
        }
        if parts[0].hasPrefix("CNB_") {
            findings.add(.envReserved, file, "variables that begin with CNB_ are reserved")
        }
    }

    /// Looks for what a layer of these types is never used for.
    private func checkEffects(_ findings: inout Findings) {
        let needed: [(name: String, isUsed: Bool, type: String)] = [
            ("env.build", layer.types.build, "build"), ("env.launch", layer.types.launch, "launch"),
            ("exec.d", layer.types.launch, "launch"),
            ("env", layer.types.build || layer.types.launch, "build or launch"),
        ]
        for (name, isUsed, type) in needed where !isUsed && !list("\(path)/\(name)").isEmpty {
            findings.add(.envNoEffect, "\(path)/\(name)", "\(name) has no effect in a layer that is not for \(type)")
        }
    }

    // MARK: Files

    private func checkExecutables(_ directory: String, mayHaveProcesses: Bool, _ findings: inout Findings) {
        for entry in list(directory) {
            let file = "\(directory)/\(entry.name)"
            if entry.type == .directory {
                if mayHaveProcesses { checkExecutables(file, mayHaveProcesses: false, &findings) }
                continue
            }
            // A link may lead to a place that is only there in the build's tree.
            guard entry.type == .regular, let status = output.tree.status(file) else { continue }
            if !status.mode.isExecutable { findings.add(.execdMode, file, "the file is not executable") }
        }
    }

    /// Looks for links to what is only there during the build.
    private func checkLinks(_ directory: String, _ findings: inout Findings) {
        for entry in list(directory) {
            let file = "\(directory)/\(entry.name)"
            if entry.type == .directory { checkLinks(file, &findings) }
            guard entry.type == .symlink, let target = output.tree.linkTarget(file) else { continue }
            let destination = Path.clean(target.hasPrefix("/") ? target : Path.join(directory, target))
            for gone in ["/cnb/buildpacks", "/tmp", "/platform", "/home/cnb"]
            where destination == gone || destination.hasPrefix("\(gone)/") {
                findings.add(.layerLink, file, "the link leads to \(destination), which is only there during the build")
            }
        }
    }
}
