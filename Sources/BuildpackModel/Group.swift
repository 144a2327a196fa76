public import TOML

/// group.toml: the buildpacks and extensions that passed detection, in order.
public struct Group: Hashable, Sendable {
    /// The buildpacks that take part in the build.
    public var buildpacks: [GroupElement]
    /// The image extensions that take part in the build.
    public var extensions: [GroupElement]

    public init(buildpacks: [GroupElement] = [], extensions: [GroupElement] = []) {
        self.buildpacks = buildpacks
        self.extensions = extensions
    }
}

extension Group: TOMLReadable, TOMLWritable {
    /// Reads a group.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        var extensions = try toml.values("group-extensions", as: GroupElement.self)
        for index in extensions.indices {
            extensions[index].kind = .imageExtension
            extensions[index].isOptional = true
        }
        self.init(buildpacks: try toml.values("group"), extensions: extensions)
    }

    /// The contents of group.toml.
    public var toml: TOMLTable {
        var table = TOMLTable()
        table.setUnlessEmpty("group", buildpacks)
        table.setUnlessEmpty("group-extensions", extensions.withoutImpliedFields)
        return table
    }
}

extension [GroupElement] {
    /// Extensions without what is clear from the list that they are in: that they are extensions, and optional.
    var withoutImpliedFields: [GroupElement] {
        map { element in
            var element = element
            element.kind = .buildpack
            element.isOptional = false
            return element
        }
    }
}
