import POSIX
import Sandbox
import TOML

/// Compares two builds from scratch.
struct Reproduction {
    private let buildpack: Descriptor
    private let layers: [WrittenLayer]

    /// How many files are named.
    private static let limit = 20

    init(_ buildpack: Descriptor, _ layers: [WrittenLayer]) {
        self.buildpack = buildpack
        self.layers = layers
    }

    /// Names what differs of what becomes part of the image or the cache.
    func compare(_ first: BuildTree, _ second: BuildTree, _ findings: inout Findings) {
        let used = layers.filter { !$0.types.isEmpty }.map(\.name)
        compare("/layers/\(buildpack.directoryName)", first, second, &findings) { path in
            let top = path.split(separator: "/").first.map(String.init) ?? path
            if path.contains("/") || !path.contains(".") { return used.contains(top) }
            // Files beside the layers' directories, but not those of layers that are for nothing.
            let subject = top.split(separator: ".").first.map(String.init) ?? top
            return used.contains(subject) || used.contains(top) || OutputCheck.reservedNames.contains(subject)
        }
        compare("/workspace", first, second, &findings) { _ in true }
    }

    private func compare(
        _ directory: String,
        _ first: BuildTree,
        _ second: BuildTree,
        _ findings: inout Findings,
        isPart: (String) -> Bool
    ) {
        let old = TreeSnapshot(first.root + directory, .contents)
        let new = TreeSnapshot(second.root + directory, .contents)
        let different = new.changes(since: old).filter(isPart)
        for path in different.prefix(Self.limit) {
            findings.add(.notReproducible, "\(directory)/\(path)", new.difference(of: path, from: old))
        }
        if different.count > Self.limit {
            findings.add(.notReproducible, directory, "\(different.count - Self.limit) more files differ")
        }
    }
}

/// Puts into a new build's tree what a lifecycle restores of an earlier one.
struct Restoration {
    private let buildpack: Descriptor
    private let layers: [WrittenLayer]

    init(_ buildpack: Descriptor, _ layers: [WrittenLayer]) {
        self.buildpack = buildpack
        self.layers = layers
    }

    private var layersDir: String { "/layers/\(buildpack.directoryName)" }

    /// Restores; see the table of layer types.
    func restore(from first: BuildTree, to next: BuildTree) throws(POSIXError) {
        let source = first.root + layersDir
        let target = next.root + layersDir
        try FileSystem.makeDirectories(target)
        try copy("store.toml", source, target)
        for layer in layers {
            let types = layer.types
            guard types.cache || (types.launch && !types.build) else { continue }
            var table = TOMLTable()
            if let metadata = layer.table["metadata"] { table.set("metadata", metadata) }
            try FileSystem.writeFile(Path.join(target, "\(layer.name).toml"), TOMLWriter.write(table))
            for kind in DescriptorCheck.sbomMediaTypes.keys {
                try copy("\(layer.name).sbom.\(kind).json", source, target)
            }
            if types.cache, layer.hasContents { try copy(layer.name, source, target) }
        }
        try next.ownLayers()
    }

    private func copy(_ name: String, _ source: String, _ target: String) throws(POSIXError) {
        guard let status = try? FileSystem.linkStatus(Path.join(source, name)) else { return }
        if status.isDirectory {
            try FileSystem.copyTree(Path.join(source, name), to: Path.join(target, name))
        } else if status.isRegular {
            try FileSystem.copyFile(Path.join(source, name), to: Path.join(target, name))
        }
    }
}

/// Judges a build that finds what an earlier one has left.
struct Rebuild {
    let group: [Descriptor]
    /// The layers of the first build, by buildpack.
    let layers: [String: [WrittenLayer]]

    func judge(_ tree: BuildTree, _ findings: inout Findings) throws(POSIXError) {
        let result = try tree.callPhase("builder")
        guard result.status.isSuccess else {
            let end = result.hasTimedOut ? "does not end" : "ends with \(result.status)"
            let message = "a build that finds restored layers \(end)\(result.lastLines)"
            findings.add(.rebuildFailed, "bin/build", message)
            return
        }
        var found = Findings()
        for buildpack in group {
            let earlier = layers[buildpack.id] ?? []
            var check = OutputCheck(descriptor: buildpack, tree: tree.files, planNames: tree.planNames(buildpack))
            check.earlierLayers = Set(earlier.filter(\.types.launch).map(\.name))
            let now = check.run(&found)
            for layer in earlier where !layer.types.isEmpty {
                guard now.first(where: { $0.name == layer.name })?.types.isEmpty ?? true else { continue }
                let file = "\(check.layersDir)/\(layer.name).toml"
                findings.add(
                    .rebuildLayerLost,
                    file,
                    "the layer \(layer.name) has no types after a build that finds it restored"
                )
            }
        }
        let known = findings.list.map { Finding(rule: $0.rule, file: $0.file, message: $0.message) }
        for finding in found.list where finding.rule != .layerUnused {
            let plain = Finding(rule: finding.rule, file: finding.file, message: finding.message)
            guard !known.contains(plain) else { continue }
            findings.add(finding.rule, finding.file, line: finding.line, "after a rebuild: \(finding.message)")
        }
    }
}
