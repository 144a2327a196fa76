import BuildpackModel
import CNBCore
import Distribution
import OCI
import TestSupport
import Testing

@Suite("Builder metadata")
struct BuilderMetadataTests {
    @Test("all of a builder's labels are read")
    func labels() throws {
        let builder = try Samples.builder()
        #expect(builder.description == "A builder")
        #expect(builder.user == BuilderUser(uid: 1001, gid: 1000))
        #expect(builder.stackID == "io.buildpacks.stacks.noble")
        #expect(builder.lifecycle.version == "0.20.1")
        #expect(builder.lifecycle.buildpackAPIs.map(\.description) == ["0.7", "0.9", "0.10", "0.11"])
        #expect(builder.lifecycle.platformAPIs == [APIVersion(0, 12), APIVersion(0, 13)])
        #expect(builder.runImages.map(\.image) == ["docker.io/acme/run:24", "acme/run-tiny"])
        #expect(builder.runImages[0].mirrors == ["ghcr.io/acme/run:24", "reg.example.com/run:24"])
        #expect(
            builder.buildpacks.map(\.identity) == [
                "acme/java@2.0.0", "acme/jdk@1.0.0", "acme/jdk@1.1.0", "samples@0.1.0",
            ]
        )
        #expect(builder.extensions.map(\.identity) == ["acme/rpm@0.0.1"])
        #expect(builder.system.pre == [GroupElement(id: "acme/jdk", version: "1.0.0")])
        #expect(builder.system.post.isEmpty)
    }

    @Test("what the labels about layers know completes the list")
    func modules() throws {
        let builder = try Samples.builder()
        let java = builder.buildpacks[0]
        #expect(java.name == "Java")
        #expect(java.api == "0.10")
        #expect(java.order.groups == [[GroupElement(id: "acme/jdk", version: "1.0.0")]])
        #expect(builder.buildpacks[1].homepage == "https://jdk")
        #expect(builder.buildpacks[1].stacks == ["*"])
        let ubuntu = CNBCore.Distribution(name: "ubuntu", version: "24.04")
        #expect(
            builder.buildpacks[2].targets
                == [Target(os: "linux", arch: "arm64", variant: "v8", distributions: [ubuntu])]
        )
        #expect(builder.buildpacks[3].diffID == nil)
        #expect(builder.buildpacks[0].directory == "/cnb/buildpacks/acme_java/2.0.0")
        #expect(builder.extensions[0].directory == "/cnb/extensions/acme_rpm/0.0.1")
    }

    @Test("orders are read with what is optional, which extensions always are")
    func orders() throws {
        let builder = try Samples.builder()
        #expect(builder.order.groups.count == 2)
        #expect(builder.order.groups[1].map(\.isOptional) == [true, false])
        #expect(builder.extensionOrder.groups[0][0].kind == .imageExtension)
        #expect(builder.extensionOrder.groups[0][0].isOptional)
    }

    @Test("an old builder has one API version of each sort, and its run image in the stack")
    func old() throws {
        let label = #"""
            {"lifecycle":{"version":"0.9.1","api":{"buildpack":"0.2","platform":"0.3"}},
            "stack":{"runImage":{"image":"old/run","mirrors":["mirror/run"]}}}
            """#
        let builder = try BuilderMetadata(
            config: try Samples.config(["io.buildpacks.builder.metadata": label]),
            image: "old"
        )
        #expect(builder.lifecycle.buildpackAPIs == [APIVersion(0, 2)])
        #expect(builder.lifecycle.platformAPIs == [APIVersion(0, 3)])
        #expect(builder.runImages == [RunImageOption(image: "old/run", mirrors: ["mirror/run"])])
        #expect(builder.order.isEmpty && builder.modules.isEmpty && builder.stackID.isEmpty)
    }

    @Test("an image without the label is no builder, and says so")
    func noBuilder() throws {
        let config = try Samples.config([:])
        let error = #expect(throws: DistributionError.self) {
            try BuilderMetadata(config: config, image: "debian:12")
        }
        #expect(error?.description == "debian:12 is no builder: it has no label io.buildpacks.builder.metadata")
    }

    @Test(
        "a builder has to name its user and group by numbers",
        arguments: [
            (["CNB_USER_ID=1000"], "x is no builder: its config doesn't set CNB_GROUP_ID, which says as whom to build"),
            ([], "x is no builder: its config doesn't set CNB_USER_ID, which says as whom to build"),
            (
                ["CNB_USER_ID=me", "CNB_GROUP_ID=1"],
                "x sets CNB_USER_ID to 'me': expected a number from 0 to 4294967294"
            ),
            (
                ["CNB_USER_ID=1", "CNB_GROUP_ID=+1"],
                "x sets CNB_GROUP_ID to '+1': expected a number from 0 to 4294967294"
            ),
            (
                ["CNB_USER_ID=4294967295", "CNB_GROUP_ID=1"],
                "x sets CNB_USER_ID to '4294967295': expected a number from 0 to 4294967294"
            ),
        ]
    )
    func user(environment: [String], message: String) throws {
        let config = try Samples.config(Samples.builderLabels, environment: environment)
        let error = #expect(throws: DistributionError.self) { try BuilderMetadata(config: config, image: "x") }
        #expect(error?.description == message)
    }

    @Test(
        "a malformed label is named with the place of the fault",
        arguments: [
            ("io.buildpacks.builder.metadata", "{", "line 1"),
            ("io.buildpacks.builder.metadata", "[]", "expected an object, found an array"),
            (
                "io.buildpacks.builder.metadata", #"{"buildpacks":[{"id":"a"},{"id":"../x"}]}"#,
                "buildpacks[1].id: '../x' is not a valid id"
            ),
            (
                "io.buildpacks.builder.metadata", #"{"lifecycle":{"apis":{"platform":{"supported":["x"]}}}}"#,
                "lifecycle.apis.platform.supported: could not parse 'x'"
            ),
            ("io.buildpacks.buildpack.order", "{}", "order: expected an array, found an object"),
            ("io.buildpacks.buildpack.order", #"[{"group":[{"id":"a","optional":1}]}]"#, "order[0].group[0].optional:"),
            (
                "io.buildpacks.buildpack.layers", #"{"a":{"../1":{}}}"#,
                "a.../1.version: '../1' is not a valid version"
            ),
            (
                "io.buildpacks.buildpack.layers", #"{"a":{"1":{"layerDiffID":"md5:x"}}}"#,
                "a.1.layerDiffID: invalid digest"
            ),
            ("io.buildpacks.buildpack.system", #"{"pre":[]}"#, "pre: expected an object, found an array"),
        ]
    )
    func malformed(label: String, text: String, message: String) throws {
        var labels = Samples.builderLabels
        labels[label] = text
        let config = try Samples.config(labels)
        let error = #expect(throws: DistributionError.self) { try BuilderMetadata(config: config, image: "x") }
        #expect(error?.description.hasPrefix("label \(label) of x: ") == true)
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test("a label that is larger than any honest one is not read")
    func tooLarge() throws {
        var labels = Samples.builderLabels
        labels["io.buildpacks.builder.metadata"] = String(repeating: " ", count: FileLimit.label) + "{}"
        let config = try Samples.config(labels)
        #expect(
            throws: DistributionError.tooLarge(
                "label io.buildpacks.builder.metadata of x",
                size: FileLimit.label + 2,
                limit: FileLimit.label
            )
        ) { try BuilderMetadata(config: config, image: "x") }
    }

    @Test("the run image is looked for near the app first, and in configured mirrors before others")
    func runImage() throws {
        let options = try Samples.builder().runImages
        func candidates(_ requested: String?, _ mirrors: [String], _ registry: String?) -> [String] {
            RunImageChoice.candidates(
                requested: requested,
                options: options,
                configuredMirrors: ["docker.io/acme/run:24": mirrors],
                preferredRegistry: registry
            )
        }
        let (own, ghcr, reg) = ("docker.io/acme/run:24", "ghcr.io/acme/run:24", "reg.example.com/run:24")
        #expect(candidates(nil, [], nil) == [own, ghcr, reg])
        #expect(candidates(nil, [], "reg.example.com") == [reg, own, ghcr])
        #expect(candidates(nil, [], "index.docker.io") == [own, ghcr, reg])
        #expect(candidates(nil, ["my.host/run", own], "ghcr.io") == [ghcr, "my.host/run", own, reg])
        #expect(candidates("other/run", ["my.host/run"], "ghcr.io") == ["other/run"])
        #expect(RunImageChoice.candidates(requested: "", options: [], preferredRegistry: nil).isEmpty)
    }
}
