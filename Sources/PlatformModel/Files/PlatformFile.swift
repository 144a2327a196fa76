public import BuildpackModel
public import TOML

/// A TOML file through which platform and lifecycle, or two phases, talk.
public protocol PlatformFile: Sendable {
    /// What messages call the file, such as `analyzed`.
    static var fileKind: String { get }
}

extension PlatformFile where Self: TOMLReadable {
    /// Reads the file.
    ///
    /// - Parameter path: Where the file is.
    /// - Returns: The contents; `nil` when there is no such file.
    /// - Throws: When the file can't be read, is no TOML, or has values of wrong types.
    public static func read(_ path: String) throws(PlatformModelError) -> Self? {
        do {
            return try TOMLFile.readIfPresent(path)
        } catch {
            throw .unreadable(file: fileKind, error)
        }
    }
}

extension PlatformFile where Self: TOMLWritable {
    /// Writes the file, making the directories above it where they are missing.
    ///
    /// - Parameter path: Where the file goes.
    /// - Throws: When it can't be written.
    public func write(_ path: String) throws(PlatformModelError) {
        do {
            try TOMLFile.write(path, self)
        } catch {
            throw .unwritable(file: Self.fileKind, error)
        }
    }
}

extension AnalysisMetadata: PlatformFile {
    /// What messages call the file.
    public static var fileKind: String { "analyzed" }
}

extension RunTOML: PlatformFile, TOMLReadable {
    /// What messages call the file.
    public static var fileKind: String { "run" }

    /// Reads a run.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(images: try toml.values("images"))
    }
}

extension StackTOML: PlatformFile, TOMLReadable {
    /// What messages call the file.
    public static var fileKind: String { "stack" }

    /// Reads a stack.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(runImage: try RunImageNames(toml: try toml.table("run-image") ?? TOMLTable()))
    }
}

extension SystemTOML: PlatformFile, TOMLReadable {
    /// What messages call the file.
    public static var fileKind: String { "system" }

    /// Reads a system.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        let system = try toml.table("system") ?? TOMLTable()
        self.init(
            pre: try Self.entries(try system.table("pre")),
            post: try Self.entries(try system.table("post"))
        )
    }

    private static func entries(_ table: TOMLTable?) throws(TOMLError) -> [GroupElement] {
        try (table?.values("buildpacks", as: GroupElement.self) ?? []).map { element in
            GroupElement(id: element.id, version: element.version, isOptional: element.isOptional)
        }
    }
}

extension ProjectMetadata: PlatformFile, TOMLReadable {
    /// What messages call the file.
    public static var fileKind: String { "project metadata" }

    /// Reads a project-metadata.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        guard let table = try toml.table("source") else {
            self.init()
            return
        }
        self.init(
            source: Source(
                type: try table.string("type") ?? "",
                version: try table.table("version"),
                metadata: try table.table("metadata")
            )
        )
    }
}

extension Report: PlatformFile, TOMLWritable {
    /// What messages call the file.
    public static var fileKind: String { "report" }

    /// The contents of report.toml.
    public var toml: TOMLTable {
        var image = TOMLTable()
        if !tags.isEmpty { image.set("tags", .array(TOMLArray(strings: tags))) }
        if let imageID { image.setUnlessEmpty("image-id", imageID) }
        if let digest { image.setUnlessEmpty("digest", digest) }
        if manifestSize != 0 { image.set("manifest-size", .integer(manifestSize)) }
        var table = TOMLTable()
        if !bom.isEmpty { table.set("build", .table(["bom": .array(TOMLArray(tables: bom))])) }
        table.set("image", .table(image))
        return table
    }
}
