public import BuildpackModel
public import TOML

extension AnalysisMetadata: TOMLReadable, TOMLWritable {
    /// Reads an analyzed.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(
            previousImage: try toml.table("image")?.string("reference"),
            buildImage: try toml.table("build-image")?.string("reference"),
            extendsBuildImage: try toml.table("build-image")?.boolean("extend") ?? false
        )
        // A table without the key still stands for an image, of which nothing is known.
        if previousImage == nil, try toml.table("image") != nil { previousImage = "" }
        if let table = try toml.table("metadata") { layers = try LifecycleMetadataLabel(toml: table) }
        if let table = try toml.table("run-image") { runImage = try AnalyzedRunImage(toml: table) }
    }

    /// The contents of analyzed.toml.
    public var toml: TOMLTable {
        var table = TOMLTable()
        if let previousImage { table.set("image", .table(["reference": .string(previousImage)])) }
        var build = TOMLTable()
        if let buildImage { build.set("reference", .string(buildImage)) }
        if extendsBuildImage { build.set("extend", true) }
        if !build.isEmpty { table.set("build-image", .table(build)) }
        table.set("metadata", .table(layers.toml))
        if let runImage { table.set("run-image", .table(runImage.toml)) }
        return table
    }
}

extension AnalyzedRunImage: TOMLReadable, TOMLWritable {
    /// Reads the `[run-image]` of analyzed.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        self.init(
            reference: try toml.string("reference") ?? "",
            image: try toml.string("image") ?? "",
            extend: try toml.boolean("extend") ?? false
        )
        if let table = try toml.table("target") { target = try RunImageTarget(toml: table) }
    }

    /// The `[run-image]` of analyzed.toml.
    public var toml: TOMLTable {
        var table: TOMLTable = ["reference": .string(reference)]
        table.setUnlessEmpty("image", image)
        if extend { table.set("extend", true) }
        if let target { table.set("target", .table(target.toml)) }
        return table
    }
}

extension RunImageTarget: TOMLReadable, TOMLWritable {
    /// Reads the `[run-image.target]` of analyzed.toml.
    public init(toml: TOMLTable) throws(TOMLError) {
        let foreignVariant = try toml.string("arch-variant")
        self.init(
            id: try toml.string("id") ?? "",
            os: try toml.string("os") ?? "",
            arch: try toml.string("arch") ?? "",
            variant: try toml.string("variant") ?? foreignVariant ?? ""
        )
        if let table = try toml.table("distro") {
            distribution = Distribution(
                name: try table.string("name") ?? "",
                version: try table.string("version") ?? ""
            )
        }
    }

    /// The `[run-image.target]` of analyzed.toml.
    ///
    /// The variant is there under the specification's name and under the one that the Go lifecycle reads and writes, so
    /// that phases of both can follow each other.
    public var toml: TOMLTable {
        var table = TOMLTable()
        table.setUnlessEmpty("id", id)
        table.set("os", .string(os))
        table.set("arch", .string(arch))
        table.setUnlessEmpty("arch-variant", variant)
        table.setUnlessEmpty("variant", variant)
        if let distribution {
            let distro: TOMLTable = ["name": .string(distribution.name), "version": .string(distribution.version)]
            table.set("distro", .table(distro))
        }
        return table
    }
}
