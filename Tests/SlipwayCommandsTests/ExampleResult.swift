@testable import Builds

extension BuildResult {
    /// A build of two buildpacks, for tests of how results are shown.
    static let example = BuildResult(
        tags: ["registry.example.com:5000/shop:1", "shop"],
        digest: "sha256:ab",
        size: 12_345_678,
        outputs: ["store"],
        builder: "host",
        runImage: "run",
        buildpacks: ["a/python@1", "a/web@2"],
        processes: ["web"],
        reusedLayers: 3,
        newLayers: 2,
        restoredLayers: ["a/python:venv"],
        isolation: "user namespaces",
        nanoseconds: 3_200_000_000
    )
}
