import POSIX
import Sandbox
import TOML

/// Checks launch.toml.
struct LaunchCheck {
    let output: OutputCheck
    let layers: [WrittenLayer]

    private var file: String { "\(output.layersDir)/launch.toml" }
    /// Since Buildpack API 0.9 commands are lists, and nothing is run by a shell.
    private var hasLists: Bool { output.descriptor.api.minor >= 9 }

    private var shape: [String: Shape] {
        var process: [String: Shape] = [
            "type": .string, "command": hasLists ? .strings : .string, "args": .strings, "default": .boolean,
            "direct": .boolean,
        ]
        if output.descriptor.api.minor >= 8 { process["working-dir"] = .string }
        if output.descriptor.api.minor >= 12 { process["exec-env"] = .strings }
        return [
            "labels": .tables(["key": .string, "value": .string]), "processes": .tables(process),
            "slices": .tables(["paths": .strings]), "bom": .tables(OutputCheck.bom),
        ]
    }

    func run(_ findings: inout Findings) {
        guard let table = ShapeCheck.parse(output.read(file), as: file, .launchSyntax, &findings) else { return }
        ShapeCheck(file: file, typeRule: .launchType, unknownKeyRule: .launchUnknownKey).check(table, shape, &findings)
        checkProcesses(table.subtables("processes"), &findings)
        checkLabels(table.subtables("labels"), &findings)
        checkSlices(table.subtables("slices"), &findings)
        output.checkBOM(table, file, &findings)
    }

    // MARK: Processes

    private func checkProcesses(_ processes: [TOMLTable], _ findings: inout Findings) {
        var types: Set<String> = []
        for process in processes {
            let type = process.text("type") ?? ""
            if !type.consistsOfLettersDigits(and: "._-") {
                let message = type.isEmpty ? "a process has no type" : "\"\(type)\" is not allowed as a process type"
                findings.add(.processType, file, line: process.line("type"), message)
            } else if !types.insert(type).inserted {
                findings.add(.processDuplicate, file, line: process.line("type"), "\"\(type)\" is there twice")
            }
            if hasLists, process["direct"] != nil {
                let message = "direct is not allowed since Buildpack API 0.9"
                findings.add(.processDirect, file, line: process.line("direct"), message)
            }
            let words = hasLists ? process.texts("command") : [process.text("command") ?? ""]
            guard let program = words.first, !program.isEmpty else {
                findings.add(.processCommand, file, line: process.line(), "the process \"\(type)\" has no command")
                continue
            }
            checkProgram(program, of: type, line: process.line("command"), &findings)
        }
        let defaults = processes.filter { $0["default"]?.booleanValue == true }
        if defaults.count > 1 {
            let names = defaults.map { $0.text("type") ?? "" }.joined(separator: ", ")
            findings.add(
                .processDefaults,
                file,
                line: defaults[1].line(),
                "several processes are the default: \(names)"
            )
        }
        let badNames = processes.flatMap { (process: TOMLTable) -> [String] in process.texts("exec-env") }.filter {
            $0.isEmpty || $0.contains("/")
        }
        for name in badNames {
            findings.add(.launchType, file, "exec-env: \"\(name)\" is no execution environment")
        }
    }

    /// Looks whether a program is in the app image, where its path shows whose file it should be.
    private func checkProgram(_ program: String, of type: String, line: Int, _ findings: inout Findings) {
        guard program.hasPrefix("/layers/") || program.hasPrefix("/workspace/") else { return }
        let message: String
        // A link may lead into the run image.
        if output.tree.status(program) == nil {
            message = "is not there after the build"
        } else if let status = output.tree.status(program, followsLast: true), !status.mode.isExecutable {
            message = "is not executable"
        } else {
            let parts = program.split(separator: "/").map(String.init)
            let isOwn = parts.count > 2 && parts[0] == "layers" && parts[1] == output.descriptor.directoryName
            guard isOwn, let layer = layers.first(where: { $0.name == parts[2] }), !layer.types.launch else { return }
            message = "is in a layer that is not for launch"
        }
        findings.add(.processMissingFile, file, line: line, "\(program), the command of \"\(type)\", \(message)")
    }

    // MARK: Labels and slices

    private func checkLabels(_ labels: [TOMLTable], _ findings: inout Findings) {
        var keys: Set<String> = []
        for label in labels {
            guard let key = label.text("key"), !key.isEmpty, label["value"] != nil else {
                findings.add(.labelIncomplete, file, line: label.line(), "a label lacks its key or its value")
                continue
            }
            guard !keys.insert(key).inserted else { continue }
            findings.add(.labelDuplicate, file, line: label.line("key"), "the label \"\(key)\" is there twice")
        }
    }

    private func checkSlices(_ slices: [TOMLTable], _ findings: inout Findings) {
        for slice in slices {
            for path in slice.texts("paths") {
                let line = slice.line("paths")
                let isOutside =
                    path.hasPrefix("/")
                    ? Path.clean(path) != "/workspace" && !Path.clean(path).hasPrefix("/workspace/") : path.leadsOutside
                if isOutside {
                    findings.add(.slicePath, file, line: line, "\"\(path)\" leads out of the app's directory")
                }
                if !path.isGoPattern {
                    findings.add(.slicePattern, file, line: line, "\"\(path)\" is a malformed pattern")
                }
            }
        }
    }
}
