import CNBCore
import Testing

@Suite("Targets")
struct TargetTests {
    static let ubuntu = Distribution(name: "ubuntu", version: "24.04")
    static let base = Target(os: "linux", arch: "amd64", distributions: [ubuntu])

    /// What a module asks for, and whether `base` will do.
    static let modules: [(Target, Bool)] = [
        (Target(), true),
        (Target(os: "linux"), true),
        (Target(os: "windows"), false),
        (Target(os: "linux", arch: "arm64"), false),
        // The base doesn't know its variant, so it cannot disagree.
        (Target(os: "linux", arch: "amd64", variant: "v3"), true),
        (Target(distributions: [ubuntu]), true),
        (Target(distributions: [Distribution(name: "ubuntu")]), true),
        (Target(distributions: [Distribution(version: "24.04")]), true),
        (Target(distributions: [Distribution(name: "ubuntu", version: "22.04")]), false),
        (Target(distributions: [Distribution(name: "debian"), ubuntu]), true),
    ]

    @Test("are satisfied by a base image that agrees in all that both know", arguments: modules)
    func build(module: Target, expected: Bool) {
        #expect(module.isSatisfied(byBase: Self.base) == expected)
    }

    @Test("with distributions need an image whose distribution is known")
    func unknownDistribution() {
        let module = Target(os: "linux", distributions: [Self.ubuntu])
        #expect(!module.isSatisfied(byBase: Target(os: "linux", arch: "amd64")))
    }

    /// A new run image, and whether an app on `base` may be rebased onto it.
    static let runImages: [(Target, Bool)] = [
        (base, true),
        (Target(os: "linux", arch: "amd64"), true),
        (Target(os: "linux", arch: "arm64"), false),
        (Target(os: "", arch: "amd64"), false),
        (Target(os: "linux", arch: "amd64", distributions: [Distribution(name: "ubuntu")]), true),
        (Target(os: "linux", arch: "amd64", distributions: [Distribution(name: "debian", version: "24.04")]), false),
        (Target(os: "linux", arch: "amd64", variant: "v3", distributions: [ubuntu]), true),
    ]

    @Test("allow a rebase where operating system and architecture are equal", arguments: runImages)
    func rebase(runImage: Target, expected: Bool) {
        #expect(runImage.acceptsRebase(ofApp: Self.base) == expected)
    }

    @Test("are described to buildpacks by variables, unknown parts left out")
    func environment() {
        #expect(
            Self.base.environment.map { "\($0.name)=\($0.value)" } == [
                "CNB_TARGET_OS=linux", "CNB_TARGET_ARCH=amd64", "CNB_TARGET_DISTRO_NAME=ubuntu",
                "CNB_TARGET_DISTRO_VERSION=24.04",
            ]
        )
        #expect(
            Target(os: "linux", arch: "arm64", variant: "v8").environment.map { $0.name } == [
                "CNB_TARGET_OS", "CNB_TARGET_ARCH", "CNB_TARGET_ARCH_VARIANT",
            ]
        )
    }
}
