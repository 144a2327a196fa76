import Dockerfile
import Testing

@Suite("Dockerfiles of image extensions")
struct DockerfileCheckTests {
    private func check(_ text: String, as kind: DockerfileKind) throws -> DockerfileFindings {
        try DockerfileDocument(parsing: Array(text.utf8)).check(as: kind)
    }

    @Test("a build.Dockerfile has ARG base_image, FROM ${base_image} and what it likes")
    func build() throws {
        let findings = try check("ARG base_image\nFROM ${base_image}\nUSER root\nRUN true\n", as: .build)
        #expect(findings.newBase == nil)
        #expect(findings.extends)
        #expect(findings.warnings.isEmpty)
        #expect(try check("ARG base_image=x other\nFROM ${base_image}", as: .build).extends == false)
    }

    @Test(
        "a run.Dockerfile may switch the image, extend it, or both",
        arguments: [
            ("FROM new/run", "new/run", false),
            ("ARG base_image\nFROM ${base_image}\nRUN true", nil, true),
            ("ARG a\nARG b\nFROM new/run\nRUN true", "new/run", true),
            ("FROM $base_image", "$base_image", false),
        ]
    )
    func run(text: String, newBase: String?, extends: Bool) throws {
        let findings = try check(text, as: .run)
        #expect(findings.newBase == newBase)
        #expect(findings.extends == extends)
    }

    @Test("warns of instructions that an extension should not use")
    func warnings() throws {
        let findings = try check("FROM x\nENTRYPOINT a\nLABEL a=b\nExpose 80\n", as: .run)
        #expect(
            findings.warnings == [
                "run.Dockerfile command ENTRYPOINT on line 2 is not recommended",
                "run.Dockerfile command EXPOSE on line 4 is not recommended",
            ]
        )
    }

    @Test(
        "refuses what breaks the rules",
        arguments: [
            (DockerfileKind.build, "FROM ${base_image}", "build.Dockerfile did not start with required ARG command"),
            (
                .build, "ARG a\nARG base_image\nFROM ${base_image}",
                "build.Dockerfile did not start with required ARG command"
            ),
            (.build, "ARG other\nFROM ${base_image}", "build.Dockerfile did not start with required ARG command"),
            (.build, "ARG base_image", "build.Dockerfile should have at least one stage"),
            (.build, "ARG base_image\nFROM x", "build.Dockerfile did not contain required FROM ${base_image} command"),
            (
                .build, "ARG base_image\nFROM $base_image",
                "build.Dockerfile did not contain required FROM ${base_image} command"
            ),
            (.build, "ARG base_image\nFROM a\nFROM b", "build.Dockerfile is not permitted to use multistage build"),
            (.run, "ARG base_image", "run.Dockerfile should have at least one stage"),
            (.run, "FROM a\nRUN b\nFROM c", "run.Dockerfile is not permitted to use multistage build"),
            (.run, "RUN a\nFROM b", "no build stage in current context"),
        ]
    )
    func mistakes(kind: DockerfileKind, text: String, message: String) {
        let error = #expect(throws: DockerfileError.self) { try check(text, as: kind) }
        #expect(error?.message == message)
    }
}
