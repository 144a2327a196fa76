import CNBCore
import POSIX
public import TOML

/// buildpack.toml: a component buildpack, or a composite one if it has an order.
public struct BuildpackDescriptor: Equatable, Sendable {
    /// What buildpacks and extensions have in common.
    public var module: ModuleDescriptor
    /// The groups that a composite buildpack stands for; empty for a component buildpack.
    public var order: Order
    /// The stacks that old buildpacks list instead of targets.
    public var stacks: [Stack]
    /// The media types of SBOM files that the buildpack may write, as the descriptor spells them.
    public var sbomFormats: [String]

    /// A stack that an old buildpack supports.
    public struct Stack: Equatable, Sendable {
        /// The stack's id, or `*`.
        public var id: String
    }

    /// Whether the buildpack stands for other buildpacks.
    public var isComposite: Bool { !order.isEmpty }

    /// Reads a buildpack.toml, and works out the targets if the file has none.
    ///
    /// - Parameters:
    ///   - toml: The file's contents.
    ///   - rootDir: The absolute path of the buildpack's directory, in which `bin/` is looked at.
    /// - Throws: A positioned error when a value has the wrong type or breaks a rule of the specification.
    public init(toml: TOMLTable, rootDir: String) throws(TOMLError) {
        module = try ModuleDescriptor(toml: toml, kind: .buildpack, rootDir: rootDir)
        order = try Order(toml: toml, key: "order", kind: .buildpack)
        stacks = try toml.values("stacks")
        sbomFormats = try toml.requiredTable("buildpack").strings("sbom-formats") ?? []
        if module.targets.isEmpty { module.targets = targetsOfStacks }
        if module.targets.isEmpty, FileSystem.exists(Path.join(rootDir, "bin/build")) {
            module.targets = [Target(os: "linux")]
        }
    }

    /// Reads the buildpack.toml of a directory.
    ///
    /// - Parameter rootDir: The absolute path of the buildpack's directory.
    /// - Throws: ``BuildpackModelError`` when the file can't be read or is not valid.
    public init(rootDir: String) throws(BuildpackModelError) {
        self = try TOMLFile.parse(Path.join(rootDir, ModuleKind.buildpack.descriptorFileName)) {
            table throws(TOMLError) in
            try BuildpackDescriptor(toml: table, rootDir: rootDir)
        }
    }

    /// What the stacks mean as targets: bionic is Ubuntu 18.04 on amd64, and `*` is anything.
    private var targetsOfStacks: [Target] {
        // Before API 0.10, bionic says nothing when it is one stack among others.
        let bionicCounts = stacks.count == 1 || (try? BuildpackAPI(module.api))?.supports(.bionicAmongStacks) ?? true
        return stacks.compactMap { stack in
            switch stack.id {
            case "*": Target()
            case "io.buildpacks.stacks.bionic" where bionicCounts:
                Target(os: "linux", arch: "amd64", distributions: [Distribution(name: "ubuntu", version: "18.04")])
            default: nil
            }
        }
    }
}

extension BuildpackDescriptor.Stack: TOMLReadable {
    /// Reads an entry of `stacks`.
    public init(toml: TOMLTable) throws(TOMLError) {
        id = try toml.string("id") ?? ""
    }
}

/// extension.toml: an image extension.
public struct ExtensionDescriptor: Equatable, Sendable {
    /// What buildpacks and extensions have in common.
    public var module: ModuleDescriptor

    /// Reads an extension.toml, and works out the targets if the file has none.
    ///
    /// - Parameters:
    ///   - toml: The file's contents.
    ///   - rootDir: The absolute path of the extension's directory, in which `bin/` is looked at.
    /// - Throws: A positioned error when a value has the wrong type or breaks a rule of the specification.
    public init(toml: TOMLTable, rootDir: String) throws(TOMLError) {
        module = try ModuleDescriptor(toml: toml, kind: .imageExtension, rootDir: rootDir)
        guard module.targets.isEmpty else { return }
        let isForLinux = ["bin/detect", "bin/generate"].contains { FileSystem.exists(Path.join(rootDir, $0)) }
        module.targets = [isForLinux ? Target(os: "linux") : Target()]
    }

    /// Reads the extension.toml of a directory.
    ///
    /// - Parameter rootDir: The absolute path of the extension's directory.
    /// - Throws: ``BuildpackModelError`` when the file can't be read or is not valid.
    public init(rootDir: String) throws(BuildpackModelError) {
        self = try TOMLFile.parse(Path.join(rootDir, ModuleKind.imageExtension.descriptorFileName)) {
            table throws(TOMLError) in
            try ExtensionDescriptor(toml: table, rootDir: rootDir)
        }
    }
}
