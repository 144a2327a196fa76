import POSIX
import TOML

/// A fixture that says something wrong, or a folder of fixtures that can't be read.
enum FixtureError: Error, CustomStringConvertible {
    case document(TOMLError)
    case unreadable(POSIXError)
    case other(file: String, reason: String)

    /// The error with the file, line and column; below it the line, where there is one.
    var description: String {
        switch self {
        case .document(let error):
            let place = error.line > 0 ? "\(error.file):\(error.line):\(error.column)" : error.file
            let path = error.keyPath.isEmpty ? "" : " (\(error.keyPath))"
            let excerpt = error.excerpt.split(separator: "\n").map { "\n    \($0)" }.joined()
            return "\(place): \(error.message)\(path)\(excerpt)"
        case .unreadable(let error): return error.description
        case .other(let file, let reason): return "\(file): \(reason)"
        }
    }
}

/// A folder of fixtures.
struct FixtureLibrary {
    /// The folder.
    let root: String

    private static let documentName = "fixture.toml"
    /// The folder with what several fixtures share.
    private static let commonName = "common"

    /// The names of all fixtures, sorted.
    /// - Throws: When the folder can't be read.
    func names() throws(FixtureError) -> [String] {
        var names: [String] = []
        try collect(below: "", into: &names)
        return names
    }

    private func collect(below folder: String, into names: inout [String]) throws(FixtureError) {
        let entries: [DirectoryEntry]
        do {
            entries = try FileSystem.list(Path.join(root, folder))
        } catch {
            throw .unreadable(error)
        }
        if entries.contains(where: { $0.name == Self.documentName }), !folder.isEmpty { return names.append(folder) }
        for entry in entries {
            let path = Path.join(root, folder, entry.name)
            guard entry.type == .directory || entry.type == .symlink, FileSystem.isDirectory(path) else { continue }
            if folder.isEmpty, entry.name == Self.commonName || entry.name.hasPrefix(".") { continue }
            try collect(below: folder.isEmpty ? entry.name : "\(folder)/\(entry.name)", into: &names)
        }
    }

    /// Reads a fixture.
    /// - Parameter name: Its path below the folder.
    /// - Returns: The fixture, and whether its cases need the registry.
    /// - Throws: At the first thing that is wrong with it, or with what it uses.
    func fixture(_ name: String) throws(FixtureError) -> (fixture: Fixture, usesRegistry: Bool) {
        let file = Path.join(root, name, Self.documentName)
        let own = try document(file)
        let part = try self.part(own)
        var parts: [(document: TOMLTable, part: FixturePart, folder: String)] = []
        var seen: Set<String> = []
        for common in part.use {
            try addCommon(common, usedBy: file, to: &parts, &seen)
        }
        parts.append((own, part, Path.join(root, name)))

        guard let title = part.title, !title.isEmpty else { throw .other(file: file, reason: "missing key title") }
        guard let clause = part.clause else { throw .other(file: file, reason: "missing table clause") }
        var fixture = Fixture(
            name: name,
            title: title,
            apis: part.apis ?? .all,
            needs: [],
            clause: clause,
            inputs: CaseInputs(),
            steps: [],
            variants: part.variants.isEmpty ? [Variant()] : part.variants
        )
        for (_, part, folder) in parts {
            fixture.needs.formUnion(part.needs)
            fixture.steps += part.steps
            fixture.inputs.modules += part.inputs.modules
            fixture.inputs.files += part.inputs.files
            fixture.inputs.images += part.inputs.images
            fixture.inputs.order = part.inputs.order ?? fixture.inputs.order
            let rootFolder = Path.join(folder, "root")
            if FileSystem.isDirectory(rootFolder) { fixture.inputs.rootFolders.append(rootFolder) }
        }
        guard !fixture.steps.isEmpty else { throw .other(file: file, reason: "missing tables step: nothing is run") }
        let check = TextCheck(fixture)
        do {
            for (document, _, _) in parts { try check.check(document) }
        } catch {
            throw .document(error)
        }
        let usesRegistry =
            fixture.needs.contains(.registry) || fixture.inputs.images.contains { $0.layout == nil }
            || parts.contains { Self.mentionsRegistry(.table($0.document)) }
        return (fixture, usesRegistry)
    }

    /// Reads a shared folder, those that it uses itself first.
    private func addCommon(
        _ name: String,
        usedBy user: String,
        to parts: inout [(document: TOMLTable, part: FixturePart, folder: String)],
        _ seen: inout Set<String>
    ) throws(FixtureError) {
        guard seen.insert(name).inserted else { return }
        let folder = Path.join(root, Self.commonName, name)
        guard FileSystem.isDirectory(folder) else {
            throw .other(file: user, reason: "use: there is no folder \(Self.commonName)/\(name)")
        }
        let file = Path.join(folder, Self.documentName)
        // A folder may have only a tree of files.
        let document = FileSystem.exists(file) ? try document(file) : [:]
        let part = try self.part(document)
        for used in part.use { try addCommon(used, usedBy: file, to: &parts, &seen) }
        parts.append((document, part, folder))
    }

    private func document(_ file: String) throws(FixtureError) -> TOMLTable {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.readFile(file)
        } catch {
            throw .unreadable(error)
        }
        do {
            return try TOMLDocument.parse(bytes, file: file)
        } catch {
            throw .document(error)
        }
    }

    private func part(_ document: TOMLTable) throws(FixtureError) -> FixturePart {
        do {
            return try FixturePart(document)
        } catch {
            throw .document(error)
        }
    }

    private static func mentionsRegistry(_ value: TOMLValue) -> Bool {
        switch value {
        case .string(let text): text.contains("@{registry}")
        case .array(let array): array.contains(where: mentionsRegistry)
        case .table(let table): table.contains { mentionsRegistry($0.value) || $0.key.contains("@{registry}") }
        default: false
        }
    }
}
