import Distribution
import Testing

@Suite("Semantic versions")
struct SemanticVersionTests {
    @Test("versions are ordered as semver.org does it")
    func order() throws {
        let ascending = [
            "0.0.1", "0.9.0", "0.10.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "v1.1", "2", "18446744073709551616.0.0",
        ]
        let versions = try ascending.map { try #require(SemanticVersion($0)) }
        for (one, other) in zip(versions, versions.dropFirst()) {
            #expect(one < other)
            #expect(!(other < one))
        }
        #expect(SemanticVersion("1.0.0+a") == SemanticVersion("v1.0"))
        #expect(SemanticVersion("1.0.0-rc")?.isPrerelease == true)
    }

    @Test(
        "other texts are no versions",
        arguments: ["", "v", "1.", "1.2.3.4", "01.0.0", "1.0.0-", "1.0.0+", "1.0.0-a..b", "x"]
    )
    func malformed(text: String) {
        #expect(SemanticVersion(text) == nil)
    }
}
