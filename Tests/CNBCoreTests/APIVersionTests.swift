import CNBCore
import Testing

@Suite("API versions")
struct APIVersionTests {
    @Test(
        "are read as platforms and buildpack authors write them",
        arguments: [
            ("0.12", APIVersion(0, 12)), ("0.7", APIVersion(0, 7)), ("1", APIVersion(1, 0)), ("v0.9", APIVersion(0, 9)),
            ("0.", APIVersion(0, 0)), ("00.010", APIVersion(0, 10)),
        ]
    )
    func reads(text: String, expected: APIVersion) throws {
        #expect(try APIVersion(text) == expected)
    }

    @Test(
        "refuse everything else",
        arguments: [
            "", "x", ".", "v", "0.x", "0.1.2", " 0.12", "0.12 ", "-1.0", "0,12", "vv1", "99999999999999999999",
            "0.99999999999999999999", "0.1٢",
        ]
    )
    func refuses(text: String) {
        #expect(throws: CNBError.malformedVersion(text)) { try APIVersion(text) }
    }

    @Test("are ordered by number, not by spelling")
    func order() throws {
        #expect(APIVersion(0, 9) < APIVersion(0, 10))
        #expect(APIVersion(0, 15) < APIVersion(1, 0))
        #expect(try APIVersion("0.010") == APIVersion("0.10"))
    }

    @Test("before 1.0 stand for themselves, afterwards for earlier minor versions as well")
    func inclusion() {
        #expect(!APIVersion(0, 12).includes(APIVersion(0, 11)))
        #expect(APIVersion(0, 12).includes(APIVersion(0, 12)))
        #expect(APIVersion(1, 3).includes(APIVersion(1, 0)))
        #expect(!APIVersion(1, 3).includes(APIVersion(1, 4)))
        #expect(!APIVersion(2, 0).includes(APIVersion(1, 0)))
    }
}

@Suite("Platform API")
struct PlatformAPITests {
    @Test("is supported from 0.7 to 0.15", arguments: 0...16)
    func supported(minor: Int) {
        let api = try? PlatformAPI("0.\(minor)")
        #expect((api != nil) == (7...15).contains(minor))
        #expect(api?.version.minor == (api == nil ? nil : minor))
    }

    @Test(
        "says what is wrong with CNB_PLATFORM_API",
        arguments: [
            (
                "",
                "failed to get platform API version; please set 'CNB_PLATFORM_API' to specify the desired platform API version"
            ),
            (
                " \t",
                "failed to get platform API version; please set 'CNB_PLATFORM_API' to specify the desired platform API version"
            ),
            ("zero", "failed to parse platform API 'zero'"),
            (
                "0.99",
                "failed to set platform API: platform API version '0.99' is incompatible with the lifecycle; "
                    + "it takes 0.7 to 0.15, and reads the version from CNB_PLATFORM_API"
            ),
            (
                "1",
                "failed to set platform API: platform API version '1' is incompatible with the lifecycle; "
                    + "it takes 0.7 to 0.15, and reads the version from CNB_PLATFORM_API"
            ),
        ]
    )
    func messages(text: String, expected: String) {
        let error = #expect(throws: CNBError.self) { try PlatformAPI(text) }
        #expect(error?.platformAPIFailure == expected)
    }

    @Test("has each feature in an unbroken range of supported versions", arguments: PlatformFeature.allCases)
    func features(feature: PlatformFeature) throws {
        let versions = PlatformAPI.supported
        let answers = try versions.map { try PlatformAPI($0.description).supports(feature) }
        #expect(answers.contains(true) && answers.contains(false), "a row that never decides anything")
        #expect(zip(answers, answers.dropFirst()).filter { $0 != $1 }.count == 1)
    }

    @Test(
        "gains and loses features with the right version",
        arguments: [
            (PlatformFeature.sbomFiles, "0.7", "0.8"), (.legacyBOMFiles, "0.8", "0.9"), (.commandArrays, "0.9", "0.10"),
            (.launcherSBOM, "0.10", "0.11"), (.runImageExtension, "0.11", "0.12"), (.layout, "0.11", "0.12"),
            (.insecureRegistries, "0.12", "0.13"), (.restorerRunImageCheck, "0.13", "0.14"),
            (.systemBuildpacks, "0.14", "0.15"), (.executionEnvironments, "0.14", "0.15"),
        ]
    )
    func boundaries(feature: PlatformFeature, before: String, since: String) throws {
        #expect(try !PlatformAPI(before).supports(feature))
        #expect(try PlatformAPI(since).supports(feature))
    }

    @Test("guards extensions as experimental in older versions only")
    func removals() throws {
        #expect(try PlatformAPI("0.12").supports(.experimentalExtensions))
        #expect(try !PlatformAPI("0.13").supports(.experimentalExtensions))
    }
}

@Suite("Buildpack API")
struct BuildpackAPITests {
    @Test("is supported from 0.7 to 0.12", arguments: 0...13)
    func supported(minor: Int) {
        #expect(((try? BuildpackAPI("0.\(minor)")) != nil) == (7...12).contains(minor))
    }

    @Test(
        "says what is wrong with a module's api",
        arguments: [
            ("", "failed to parse buildpack API '' for buildpack 'acme/a'"),
            ("x", "failed to parse buildpack API 'x' for buildpack 'acme/a'"),
            (
                "0.99",
                "failed to set API for Buildpack 'acme/a': buildpack API version '0.99' is incompatible with the lifecycle; "
                    + "it takes 0.7 to 0.12"
            ),
        ]
    )
    func messages(text: String, expected: String) {
        let error = #expect(throws: CNBError.self) { try BuildpackAPI(text) }
        #expect(error?.buildpackAPIFailure(kind: "Buildpack", name: "acme/a") == expected)
    }

    @Test("has each feature in an unbroken range of supported versions", arguments: BuildpackFeature.allCases)
    func features(feature: BuildpackFeature) throws {
        let answers = try BuildpackAPI.supported.map { try BuildpackAPI($0.description).supports(feature) }
        #expect(zip(answers, answers.dropFirst()).filter { $0 != $1 }.count == 1)
    }
}
