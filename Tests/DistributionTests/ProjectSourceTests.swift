import BuildpackModel
import Distribution
import TOML
import Testing

@Suite("Where source code came from")
struct ProjectSourceTests {
    private func project(_ text: String) throws -> ProjectInfo {
        try ProjectDescriptor(parsing: Array("[_]\nschema-version = \"0.2\"\n\(text)".utf8), file: "").project
    }

    private static let revision = SourceRevision(
        commit: "abc",
        describe: "v1-2-gabc",
        refs: ["main", "v1"],
        url: "https://git.example.com/shop.git"
    )

    @Test("nothing is written where nothing is known")
    func nothing() throws {
        #expect(ProjectSource(project: try project("name = \"x\""), revision: nil) == nil)
    }

    @Test("a repository's commit, names and address")
    func git() throws {
        let source = try #require(ProjectSource(project: try project(""), revision: Self.revision))
        #expect(
            TOMLWriter.write(source.toml) == """
                [source]
                  type = "git"
                  [source.version]
                    commit = "abc"
                    describe = "v1-2-gabc"
                  [source.metadata]
                    refs = ["main", "v1"]
                    url = "https://git.example.com/shop.git"

                """
        )
    }

    @Test("what the project declares comes first, and the commit stays")
    func declared() throws {
        let info = try project("version = \"1.4\"\nsource-url = \"https://example.com/shop\"")
        let source = try #require(ProjectSource(project: info, revision: Self.revision))
        #expect(source.type == "project")
        #expect(source.version == ["declared": "1.4", "commit": "abc", "describe": "v1-2-gabc"])
        #expect(source.metadata["url"] == "https://example.com/shop")
        #expect(source.metadata["refs"] != nil)
        let alone = try #require(ProjectSource(project: info, revision: nil))
        #expect(alone.version == ["declared": "1.4"])
    }

    @Test(
        "passwords in addresses don't get into images",
        arguments: [
            ("https://user:secret@host/x.git", "https://host/x.git"), ("https://token@host/x@y", "https://host/x@y"),
            ("ssh://git@host/x", "ssh://git@host/x"), ("ssh://git:pw@host/x", "ssh://host/x"),
            ("git@host:x/y.git", "git@host:x/y.git"), ("", ""), ("/srv/x", "/srv/x"),
        ]
    )
    func passwords(url: String, expected: String) {
        #expect(SourceRevision(commit: "c", url: url).url == expected)
    }
}
