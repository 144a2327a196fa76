import POSIX

/// What the helper is told to do.
///
/// Everything but the program's environment is on its command line, where no limit is below the kernel's own. The
/// environment may hold secrets, and a command line is for all to read: it becomes the helper's own environment, under
/// names that nothing gives a meaning to.
struct SandboxRequest {
    var isolation: Isolation
    var program: SandboxedProgram
    /// Whether the sandbox is only made, and no program run in it.
    var isTrial: Bool

    /// The helper's arguments after the hidden one.
    var words: [String] {
        var writer = WordWriter()
        writer.add(isolation.rawValue)
        writer.add(isTrial)
        writer.add(program)
        return writer.words
    }

    /// The helper's environment.
    var variables: [String] { program.environment.enumerated().map { "\($0.offset)=\($0.element)" } }

    init(_ program: SandboxedProgram, _ isolation: Isolation, isTrial: Bool = false) {
        (self.program, self.isolation, self.isTrial) = (program, isolation, isTrial)
    }

    /// Reads what ``words`` and ``variables`` have said; nil for anything else.
    init?(_ words: [String], variables: [String]) {
        var reader = WordReader(words)
        do {
            isolation = try reader.value()
            isTrial = try reader.flag()
            program = try reader.program()
        } catch {
            return nil
        }
        guard reader.isAtEnd else { return nil }
        program.environment = variables.compactMap { entry in
            // By bytes: what follows may combine with the equals sign.
            entry.utf8.firstIndex(of: UInt8(ascii: "=")).map { String(entry[entry.utf8.index(after: $0)...]) }
        }
    }
}

extension WordWriter {
    fileprivate mutating func add(_ program: SandboxedProgram) {
        add(program.path)
        add(program.arguments)
        add(program.workingDirectory)
        add("\(program.owner)")
        add([program.subordinateIDs].compactMap { $0 }) { writer, ids in
            for row in [ids.users, ids.groups] {
                writer.add(row.first)
                writer.add(row.count)
            }
            writer.add(ids.programs)
        }
        add(program.hostName)
        add(program.network.rawValue)
        add(program.capabilities.rawValue)
        add(program.allowsNewPrivileges)
        add(program.graceMilliseconds)
        add(program.limits) { writer, limit in
            writer.add(limit.resource)
            writer.add(limit.value)
        }
        add(program.root)
        add(program.mounts) { writer, mount in
            writer.add(mount.target)
            writer.add(mount.content)
        }
    }

    private mutating func add(_ root: SandboxRoot) {
        switch root {
        case .directory(let path, let isReadOnly):
            add("directory")
            add(path)
            add(isReadOnly)
        case .overlay(let overlay):
            add("overlay")
            add(overlay)
        case .empty: add("empty")
        }
    }

    private mutating func add(_ overlay: Overlay) {
        add(overlay.lower)
        add(overlay.upper)
        add(overlay.work)
    }

    private mutating func add(_ content: Mount.Content) {
        switch content {
        case .bind(let source, let isReadOnly):
            add("bind")
            add(source)
            add(isReadOnly)
        case .overlay(let overlay):
            add("overlay")
            add(overlay)
        case .memory(let mode, let megabytes):
            add("memory")
            add(mode)
            add(megabytes.map { "\($0)" })
        case .processes(let isOwnRequired):
            add("processes")
            add(isOwnRequired)
        case .devices: add("devices")
        case .link(let target):
            add("link")
            add(target)
        }
    }
}

extension WordReader {
    fileprivate mutating func program() throws(NoSuchWord) -> SandboxedProgram {
        var program = SandboxedProgram(path: try word(), owner: .root, root: .empty, mounts: [])
        program.arguments = try list()
        program.workingDirectory = try word()
        guard let owner = Owner(try word()) else { throw NoSuchWord() }
        program.owner = owner
        program.subordinateIDs = try list { reader throws(NoSuchWord) in try reader.subordinateIDs() }.first
        program.hostName = try optional()
        program.network = try value()
        program.capabilities = try value()
        program.allowsNewPrivileges = try flag()
        program.graceMilliseconds = try number()
        program.limits = try list { reader throws(NoSuchWord) in
            ResourceLimit(resource: try reader.number(), value: try reader.number())
        }
        program.root = try root()
        program.mounts = try list { reader throws(NoSuchWord) in
            let target = try reader.word()
            return Mount(try reader.content(), at: target)
        }
        return program
    }

    private mutating func subordinateIDs() throws(NoSuchWord) -> SubordinateIDs {
        let users = SubordinateIDs.Row(first: try number(), count: try number())
        let groups = SubordinateIDs.Row(first: try number(), count: try number())
        let programs = try list()
        guard programs.count == 2 else { throw NoSuchWord() }
        return SubordinateIDs(users: users, groups: groups, programs: programs)
    }

    private mutating func root() throws(NoSuchWord) -> SandboxRoot {
        switch try word() {
        case "directory": .directory(try word(), isReadOnly: try flag())
        case "overlay": .overlay(try overlay())
        case "empty": .empty
        default: throw NoSuchWord()
        }
    }

    private mutating func overlay() throws(NoSuchWord) -> Overlay {
        var overlay = Overlay(lower: try list())
        overlay.upper = try optional()
        overlay.work = try optional()
        return overlay
    }

    private mutating func content() throws(NoSuchWord) -> Mount.Content {
        switch try word() {
        case "bind": return .bind(source: try word(), isReadOnly: try flag())
        case "overlay": return .overlay(try overlay())
        case "memory":
            let mode: UInt32 = try number()
            return .memory(mode: mode, megabytes: try optional().flatMap { Int($0) })
        case "processes": return .processes(isOwnRequired: try flag())
        case "devices": return .devices
        case "link": return .link(target: try word())
        default: throw NoSuchWord()
        }
    }
}
