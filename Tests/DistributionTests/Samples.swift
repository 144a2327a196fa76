import BuildpackModel
import CNBCore
import Distribution
import OCI
import TestSupport

/// Images as pack makes them.
enum Samples {
    static let digests = ["1", "2", "3", "4"].map { "sha256:" + String(repeating: $0, count: 64) }

    static func config(
        _ labels: [String: String],
        environment: [String] = ["CNB_USER_ID=1001", "CNB_GROUP_ID=1000"]
    ) throws -> ImageConfig {
        var config = ImageConfig(platform: OCIPlatform(os: "linux", architecture: "amd64"))
        config.container.labels = labels
        config.container.environment = environment
        config.diffIDs = try digests.map { try DiffID($0) }
        return config
    }

    static let builderLabels = [
        "io.buildpacks.builder.metadata": #"""
        {"description":"A builder","buildpacks":[{"id":"acme/java","version":"2.0.0","name":"Java","homepage":"https://x"},
        {"id":"acme/jdk","version":"1.0.0"},{"id":"acme/jdk","version":"1.1.0"},{"id":"samples","version":"0.1.0"}],
        "extensions":[{"id":"acme/rpm","version":"0.0.1"}],
        "stack":{"runImage":{"image":"old/run","mirrors":null}},
        "lifecycle":{"version":"0.20.1","api":{"buildpack":"0.7","platform":"0.7"},
        "apis":{"buildpack":{"deprecated":["0.7"],"supported":["0.9","0.11","0.10"]},
        "platform":{"deprecated":[],"supported":["0.12","0.13"]}}},
        "createdBy":{"name":"Pack CLI","version":"0.36"},
        "images":[{"image":"docker.io/acme/run:24","mirrors":["ghcr.io/acme/run:24","reg.example.com/run:24"]},
        {"image":"acme/run-tiny","mirrors":null}]}
        """#,
        "io.buildpacks.buildpack.order": #"""
        [{"group":[{"id":"acme/java","version":"2.0.0"}]},
        {"group":[{"id":"samples","version":"0.1.0","optional":true},{"id":"acme/jdk","version":"1.0.0"}]}]
        """#,
        "io.buildpacks.buildpack.order-extensions": #"[{"group":[{"id":"acme/rpm","version":"0.0.1"}]}]"#,
        "io.buildpacks.buildpack.system":
            #"{"pre":{"buildpacks":[{"id":"acme/jdk","version":"1.0.0"}]},"post":{"buildpacks":null}}"#,
        "io.buildpacks.buildpack.layers": #"""
        {"acme/java":{"2.0.0":{"api":"0.10","layerDiffID":"\#(digests[0])","order":[{"group":
        [{"id":"acme/jdk","version":"1.0.0"}]}]}},"acme/jdk":{"1.0.0":{"api":"0.8","stacks":[{"id":"*","mixins":["m"]}],
        "layerDiffID":"\#(digests[1])","homepage":"https://jdk"},"1.1.0":{"api":"0.11","targets":
        [{"os":"linux","arch":"arm64","variant":"v8","distros":[{"name":"ubuntu","version":"24.04"}]}],
        "layerDiffID":"\#(digests[1])"}}}
        """#,
        "io.buildpacks.extension.layers": #"{"acme/rpm":{"0.0.1":{"api":"0.9","layerDiffID":"\#(digests[2])"}}}"#,
        "io.buildpacks.stack.id": "io.buildpacks.stacks.noble",
    ]

    static func builder() throws -> BuilderMetadata {
        try BuilderMetadata(config: try config(builderLabels), image: "acme/builder")
    }

    static let packageLabels = [
        "io.buildpacks.buildpackage.metadata":
            #"{"id":"acme/java","version":"2.0.0","homepage":"https://x","stacks":[{"id":"*"}]}"#,
        "io.buildpacks.buildpack.layers": builderLabels["io.buildpacks.buildpack.layers"] ?? "",
    ]
}
