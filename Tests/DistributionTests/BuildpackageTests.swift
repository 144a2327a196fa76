import BuildpackModel
import CNBCore
import Distribution
import OCI
import TestSupport
import Testing

@Suite("Buildpackages")
struct BuildpackageTests {
    @Test("a flattened composite package tells which layer has what")
    func flattened() throws {
        let config = try Samples.config(Samples.packageLabels)
        let package = try Buildpackage(config: config, image: "acme/java")
        #expect(package.entry.identity == "acme/java@2.0.0")
        #expect(package.entry.isComposite)
        let contents = package.contents(config)
        #expect(contents.map(\.diffID.description) == [Samples.digests[0], Samples.digests[1]])
        #expect(contents[1].modules.map(\.identity) == ["acme/jdk@1.0.0", "acme/jdk@1.1.0"])
        #expect(package.layers.diffIDs.count == 2)
        #expect(package.layers.modules(in: contents[1].diffID).count == 2)
        #expect(package.layers.module("acme/jdk") == nil)
        #expect(package.layers.module("acme/java")?.version == "2.0.0")
        try package.checkOrders(with: [], image: "acme/java")
    }

    @Test("an extension is packaged under the same label")
    func ofExtension() throws {
        let labels = [
            "io.buildpacks.buildpackage.metadata": #"{"id":"acme/rpm","version":"0.0.1"}"#,
            "io.buildpacks.extension.layers": Samples.builderLabels["io.buildpacks.extension.layers"] ?? "",
        ]
        let package = try Buildpackage(config: try Samples.config(labels), image: "rpm")
        #expect(package.entry.kind == .imageExtension)
        #expect(package.entry.directory == "/cnb/extensions/acme_rpm/0.0.1")
    }

    @Test(
        "an image that doesn't hold what it promises is refused",
        arguments: [
            (
                "{}",
                "buildpackage x: none of its layers has acme/java@2.0.0, which it is named after"
            ),
            (
                #"{"acme/java":{"2.0.0":{"api":"0.10"}}}"#,
                "buildpackage x: its labels don't say which layer has acme/java@2.0.0"
            ),
            (
                #"{"acme/java":{"2.0.0":{"layerDiffID":"sha256:\#(String(repeating: "9", count: 64))"}}}"#,
                "buildpackage x: acme/java@2.0.0 is said to be in layer "
                    + "sha256:\(String(repeating: "9", count: 64)), which the image doesn't have"
            ),
        ]
    )
    func broken(layers: String, message: String) throws {
        var labels = Samples.packageLabels
        labels["io.buildpacks.buildpack.layers"] = layers
        let config = try Samples.config(labels)
        let error = #expect(throws: DistributionError.self) { try Buildpackage(config: config, image: "x") }
        #expect(error?.description == message)
    }

    @Test("an image without the label is no buildpackage")
    func noPackage() throws {
        let config = try Samples.config([:])
        let error = #expect(throws: DistributionError.self) { try Buildpackage(config: config, image: "x") }
        #expect(error?.description == "x is no buildpackage: it has no label io.buildpacks.buildpackage.metadata")
    }

    @Test("what a composite names has to be in the package or on the builder, with a version")
    func orders() throws {
        func package(_ element: String) throws -> Buildpackage {
            var labels = Samples.packageLabels
            labels["io.buildpacks.buildpack.layers"] = #"""
                {"acme/java":{"2.0.0":{"layerDiffID":"\#(Samples.digests[0])","order":[{"group":[\#(element)]}]}}}
                """#
            return try Buildpackage(config: try Samples.config(labels), image: "x")
        }
        let missing = try package(#"{"id":"acme/maven","version":"3.0.0","optional":true}"#)
        let error = #expect(throws: DistributionError.self) { try missing.checkOrders(with: [], image: "x") }
        #expect(
            error?.description == "buildpackage x: the order of acme/java@2.0.0 names acme/maven@3.0.0, "
                + "which is neither in it nor on the builder"
        )
        try missing.checkOrders(with: [PackagedModule(id: "acme/maven", version: "3.0.0")], image: "x")
        let vague = try package(#"{"id":"acme/java"}"#)
        #expect(throws: DistributionError.self) { try vague.checkOrders(with: [], image: "x") }
    }
}
