public import CNBCore
public import TOML

/// project.toml: what a project says about itself and about how it is built.
///
/// See <https://github.com/buildpacks/spec/blob/main/extensions/project-descriptor.md>.
public struct ProjectDescriptor: Equatable, Sendable {
    /// The name of the file in an app's directory.
    public static let fileName = "project.toml"
    /// How many buildpacks, variables, patterns and licences, each, a file may have.
    public static let limit = 1_000

    /// The schema that the file follows.
    public var schema: ProjectSchema
    /// What the project is.
    public var project: ProjectInfo
    /// Free-form data.
    public var metadata: TOMLTable
    /// The builder; nil when the project doesn't choose one.
    public var builder: String?
    /// Which files take part in the build.
    public var files: AppFiles
    /// The buildpacks to build with, in order; empty to leave that to the builder.
    public var group: [ProjectModule]
    /// The buildpacks that come before those of every group.
    public var pre: [ProjectModule]
    /// The buildpacks that come after those of every group.
    public var post: [ProjectModule]
    /// Variables of the build, in order.
    public var variables: [ProjectVariable]
    /// What the author may want to mend.
    public var warnings: [DescriptorWarning]

    /// The descriptor of a project that says nothing.
    public init() {
        (schema, project, metadata, files) = (.third, ProjectInfo(), TOMLTable(), .all)
        (group, pre, post, variables, warnings) = ([], [], [], [], [])
    }

    /// Reads a project.toml.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents, at most `FileLimit.projectDescriptor` bytes.
    ///   - file: The file's name, for errors.
    /// - Throws: When the file is too large or no TOML, follows an unknown schema, or breaks a rule of its schema.
    public init(parsing bytes: [UInt8], file: String) throws(DistributionError) {
        try checkSize(bytes.count, of: file, limit: FileLimit.projectDescriptor)
        do {
            try self.init(document: try TOMLDocument.parse(bytes, file: file))
        } catch {
            throw .file(error)
        }
    }

    init(document: TOMLTable) throws(TOMLError) {
        self.init()
        let named = try ProjectSchema.of(document)
        schema = named ?? .first
        let info = try document.table(schema.projectKey) ?? TOMLTable()
        project = try ProjectInfo(toml: info)
        metadata = try (schema == .first ? document : info).table("metadata") ?? TOMLTable()
        let buildpacks = try document.table("io")?.table("buildpacks")
        let build = try schema == .first ? document.table("build") : buildpacks
        try read(build ?? TOMLTable())
        if named == nil { warnings.append(.noSchemaVersion) }
        warnings += otherTables(document, buildpacks: buildpacks)
        warnings += DescriptorWarning.unknownKeys(of: info, at: "\(schema.projectKey).", schema.projectKeys)
        let place = schema == .first ? "build." : "io.buildpacks."
        warnings += DescriptorWarning.unknownKeys(of: build, at: place, schema.buildKeys)
    }

    /// Tables of another schema, which whoever wrote them expects to count.
    private func otherTables(_ document: TOMLTable, buildpacks: TOMLTable?) -> [DescriptorWarning] {
        guard schema == .first else {
            return ["project", "build"].filter { document[$0] != nil }.map {
                .otherSchema(table: $0, schema: schema.rawValue)
            }
        }
        return buildpacks == nil ? [] : [.otherSchema(table: "io.buildpacks", schema: schema.rawValue)]
    }

    /// The descriptor as it is in an execution environment: without the buildpacks and variables of others.
    ///
    /// - Parameter environment: The execution environment of the build.
    /// - Returns: The descriptor.
    public func applying(to environment: ExecEnv) -> ProjectDescriptor {
        var result = self
        result.group.removeAll { !environment.isEligible($0.execEnvironments) }
        result.pre.removeAll { !environment.isEligible($0.execEnvironments) }
        result.post.removeAll { !environment.isEligible($0.execEnvironments) }
        result.variables.removeAll { !environment.isEligible($0.execEnvironments) }
        return result
    }
}

// MARK: - The build

extension ProjectDescriptor {
    /// Reads `[build]` or `[io.buildpacks]`.
    private mutating func read(_ build: TOMLTable) throws(TOMLError) {
        let builder = try build.string("builder") ?? ""
        self.builder = builder.isEmpty ? nil : builder
        files = try AppFiles(toml: build)
        group = try modules(schema == .first ? "buildpacks" : "group", of: build)
        pre = try modules("group", of: try build.table("pre"))
        post = try modules("group", of: try build.table("post"))
        if schema == .first {
            variables = try variables("env", of: build)
        } else {
            let inBuild = try build.table("build")
            // What pack read before it followed the specification.
            variables =
                inBuild?["env"] != nil
                ? try variables("env", of: inBuild) : try variables("build", of: try build.table("env"))
        }
    }

    private func modules(_ key: String, of table: TOMLTable?) throws(TOMLError) -> [ProjectModule] {
        var modules: [ProjectModule] = []
        for entry in try table?.limitedTables(key) ?? [] {
            modules.append(try ProjectModule(toml: entry, schema: schema))
        }
        return modules
    }

    private func variables(_ key: String, of table: TOMLTable?) throws(TOMLError) -> [ProjectVariable] {
        var variables: [ProjectVariable] = []
        for entry in try table?.limitedTables(key) ?? [] {
            variables.append(try ProjectVariable(toml: entry, schema: schema))
        }
        return variables
    }
}

extension TOMLTable {
    /// The tables of a key's array, of which there may not be more than ``ProjectDescriptor/limit``.
    func limitedTables(_ key: String) throws(TOMLError) -> [TOMLTable] {
        let tables = try tables(key) ?? []
        guard tables.count <= ProjectDescriptor.limit else {
            throw error("\(tables.count) entries: at most \(ProjectDescriptor.limit) are read", at: key)
        }
        return tables
    }

    /// The strings of a key's array, of which there may not be more than ``ProjectDescriptor/limit``.
    func limitedStrings(_ key: String) throws(TOMLError) -> [String]? {
        guard let strings = try strings(key) else { return nil }
        guard strings.count <= ProjectDescriptor.limit else {
            throw error("\(strings.count) entries: at most \(ProjectDescriptor.limit) are read", at: key)
        }
        return strings
    }
}
