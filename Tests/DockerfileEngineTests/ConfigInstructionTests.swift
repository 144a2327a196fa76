import Console
import Dockerfile
import DockerfileEngine
import OCI
import TestSupport
import Testing

@Suite("Instructions that change the config")
struct ConfigInstructionTests {
    @Test("ENV, LABEL, USER, SHELL and WORKDIR change what containers run")
    func config() throws {
        let root = try EngineRoot()
        var config = ContainerConfig()
        config.environment = ["PATH=/bin", "OLD=1"]
        config.labels = ["kept": "yes", "replaced": "old"]
        let engine = try root.apply(
            """
            ENV A="two words" PATH=/opt:$PATH
            ENV B $A-$OLD
            LABEL replaced=new "added label"="$A x"
            SHELL ["/bin/bash", "-c"]
            USER 1000:
            WORKDIR /srv
            WORKDIR app/../lib
            """,
            with: root.engine(config: config)
        )
        #expect(engine.config.environment == ["PATH=/opt:/bin", "OLD=1", "A=two words", "B=two words-1"])
        #expect(engine.config.labels == ["kept": "yes", "replaced": "new", "added label": "two words x"])
        #expect(engine.config.shell == ["/bin/bash", "-c"])
        #expect(engine.config.user == "1000")
        #expect(engine.config.workingDirectory == "/srv/lib")
    }

    @Test("ARG is visible from its declaration on, given values beat presets, and ENV beats ARG")
    func arguments() throws {
        let root = try EngineRoot()
        let engine = try root.apply(
            """
            ENV BEFORE=$late
            ARG late=preset
            ARG given=preset
            ARG none
            ARG derived=${given}-x
            ENV AFTER=$late-$given-$none-$undeclared-$derived
            ENV late=env
            ENV LAST=$late
            """,
            arguments: ["given": "value", "undeclared": "value", "base_image": "x"]
        )
        #expect(
            engine.config.environment
                == ["BEFORE=", "AFTER=preset-value---value-x", "late=env", "LAST=env"]
        )
    }

    @Test("ARG before FROM counts below it only once it is declared again")
    func globalArguments() throws {
        let root = try EngineRoot()
        let engine = try root.engine()
        let text = "ARG base_image\nARG word=outer\nFROM ${base_image}\nENV A=$word\nARG word\nENV B=$word\n"
        _ = try engine.apply(
            DockerfileApplication(
                document: .init(parsing: Array(text.utf8)),
                name: "x",
                contextDir: root.directory.path("context"),
                arguments: [:]
            )
        )
        #expect(engine.config.environment == ["A=", "B=outer"])
    }

    @Test("An instruction that is not for extensions is named in a warning, and changes nothing")
    func otherInstructions() throws {
        let root = try EngineRoot()
        var config = ContainerConfig()
        config.command = ["run"]
        let engine = try root.apply("CMD [\"/x\"]\nENTRYPOINT /y\n", with: root.engine(config: config))
        #expect(engine.config.command == ["run"])
        #expect(engine.config.entrypoint.isEmpty)
        #expect(root.logger.messages.contains { $0.contains("acme/x, line 3: CMD is not for image extensions") })
    }

    @Test("A mistake names file, line, instruction and reason")
    func mistakes() throws {
        let root = try EngineRoot()
        let error = root.failure("ENV a=b\nENV c=\"${x:?nobody set x}\"\n")
        #expect(
            error?.description
                == "run.Dockerfile of extension acme/x, line 4: ENV c=\"${x:?nobody set x}\": x: nobody set x"
        )
        #expect(root.failure("USER $nobody\n")?.description.contains("expands to nothing") == true)
    }

    @Test("Labels that a Dockerfile has set itself are told apart from those of its base")
    func ownLabels() throws {
        let root = try EngineRoot()
        var config = ContainerConfig()
        config.labels = ["io.buildpacks.rebasable": "true"]
        let engine = try root.engine(config: config)
        let application = DockerfileApplication(
            document: try .init(parsing: Array("ARG base_image\nFROM ${base_image}\nLABEL a=b\n".utf8)),
            name: "x",
            contextDir: root.directory.path("context"),
            arguments: [:]
        )
        #expect(try engine.apply(application) == ["a": "b"])
    }

    @Test(
        "The user's parts are given as they are, with the primary group where none is named",
        arguments: [("1000:7", "1000", "7"), ("app", "app", "1001"), ("1000", "1000", "1001"), ("", "0", "0")]
    )
    func userParts(text: String, user: String, group: String) throws {
        let root = try EngineRoot()
        var config = ContainerConfig()
        config.user = text
        let engine = try root.engine(config: config)
        #expect(engine.userParts == (user, group))
    }

    @Test(
        "Root is root by whatever name",
        arguments: [("", true), ("0:5", true), ("root", true), ("app", false), ("7", false)]
    )
    func rootUser(text: String, isRoot: Bool) throws {
        #expect(try EngineRoot().engine().isRoot(text) == isRoot)
    }
}
