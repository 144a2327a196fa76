import Archive
import Console
import OCI
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Rebase phase")
struct RebasePhaseTests {
    /// An app image that names `registry.test/run` as its run image, and a newer run image as the mirror `m.test/run`.
    private func makeFixture() throws -> ExportFixture {
        let fixture = try ExportFixture()
        try fixture.directory.write(
            "run.toml",
            "[[images]]\nimage = \"registry.test/run\"\nmirrors = [\"m.test/run\"]\n"
        )
        try fixture.writeLayer("deps", types: "launch = true")
        try fixture.export()
        try fixture.makeRunImage("m.test/run", layers: ["newer", "patch"])
        return fixture
    }

    @Test("replaces the run image's layers and labels, and nothing else")
    func rebase() throws {
        let fixture = try makeFixture()
        let old = try fixture.image()
        let report = try fixture.rebase { $0.runImage = "m.test/run" }
        let new = try fixture.image()
        let runImage = try fixture.image("m.test/run")
        #expect(new.config.diffIDs == runImage.config.diffIDs + old.config.diffIDs.dropFirst())
        #expect(new.config.container.environment == old.config.container.environment)
        #expect(new.config.container.labels["io.buildpacks.base.id"] == "m.test/run")
        #expect(new.config.created == "1980-01-01T00:00:01Z")
        var label = try fixture.label(old)
        label.runImage.topLayer = RecordedDiffID(try runImage.topLayer())
        label.runImage.reference = runImage.identifier
        #expect(try fixture.label(new) == label)
        #expect(report.digest == new.manifestDigest.description)
    }

    @Test("changes the run image in the label, and leaves all else of it to the byte")
    func labelBytes() throws {
        let fixture = try makeFixture()
        let old = try fixture.image()
        let top = old.config.diffIDs[0].description
        let text = """
            { "app" : null, "new-key": [1.0, {"runImage": 7}], "config":{"sha":"x"},
              "runImage": {"mirrors":["m.test/run"], "image": "registry.test/run", "topLayer":"\(top)", "extra": 1e2},
              "stack": {"runImage":{"image":"registry.test/run"}} }
            """
        try fixture.relabel("io.buildpacks.lifecycle.metadata", text)
        try fixture.rebase { $0.runImage = "m.test/run" }
        let runImage = try fixture.image("m.test/run")
        let expected =
            text
            .replacing(top, with: try runImage.topLayer().description)
            .replacing("\"extra\": 1e2", with: "\"extra\": 1e2,\"reference\":\"\(runImage.identifier)\"")
        #expect(try fixture.image().config.container.labels["io.buildpacks.lifecycle.metadata"] == expected)
    }

    @Test("takes the run image that the app image names")
    func namedRunImage() throws {
        let fixture = try makeFixture()
        try fixture.makeRunImage("registry.test/run", layers: ["base", "update"])
        try fixture.rebase { _ in }
        let runImage = try fixture.image("registry.test/run")
        #expect(try fixture.image().config.diffIDs.starts(with: runImage.config.diffIDs))
    }

    @Test("leaves the previous image as it is")
    func previousImage() throws {
        let fixture = try makeFixture()
        let old = try fixture.image()
        try fixture.rebase {
            $0.previousImage = "registry.test/app"
            $0.outputImage = "registry.test/rebased"
            $0.runImage = "m.test/run"
        }
        #expect(try fixture.image().manifestDigest == old.manifestDigest)
        #expect(try fixture.image("registry.test/rebased").manifestDigest != old.manifestDigest)
    }

    @Test("refuses a run image of another name, unless it is forced")
    func otherName() throws {
        let fixture = try makeFixture()
        try fixture.makeRunImage("other.test/run", layers: ["other"])
        let old = try fixture.image().manifestDigest
        let error = #expect(throws: PhaseError.self) {
            try fixture.rebase { $0.runImage = "other.test/run" }
        }
        #expect(error?.kind == .rebase)
        #expect(error?.message.contains("new base image 'other.test/run' not found in existing run image") ?? false)
        #expect(error?.message.hasSuffix("please provide -force to override") ?? false)
        #expect(try fixture.image().manifestDigest == old)

        try fixture.rebase {
            $0.runImage = "other.test/run"
            $0.forceRebase = true
        }
        let label = try fixture.label(fixture.image())
        #expect(label.runImage.names == RunImageNames(image: "other.test/run"))
        #expect(label.stack == label.runImage.names)
    }

    @Test("refuses an image that says that it cannot be rebased, unless it is forced")
    func notRebasable() throws {
        let fixture = try makeFixture()
        try fixture.change("registry.test/app") { $0.container.labels["io.buildpacks.rebasable"] = "false" }
        let error = #expect(throws: PhaseError.self) {
            try fixture.rebase { $0.runImage = "m.test/run" }
        }
        #expect(
            error?.message
                == "failed to rebase: app image is not marked as rebasable; please provide -force to override"
        )
        try fixture.rebase {
            $0.runImage = "m.test/run"
            $0.forceRebase = true
        }
        #expect(fixture.logger.messages.contains("app image is not marked as rebasable"))
    }

    @Test("refuses a run image for another target", arguments: ["architecture", "variant", "distribution"])
    func otherTarget(difference: String) throws {
        let fixture = try makeFixture()
        try fixture.change("registry.test/app") {
            $0.platform.variant = "v1"
            $0.container.labels["io.buildpacks.base.distro.name"] = "debian"
        }
        try fixture.change("m.test/run") {
            switch difference {
            case "architecture": $0.platform.architecture = "arm64"
            case "variant": $0.platform.variant = "v2"
            default: $0.container.labels["io.buildpacks.base.distro.name"] = "other"
            }
        }
        let error = #expect(throws: PhaseError.self) {
            try fixture.rebase { $0.runImage = "m.test/run" }
        }
        #expect(error?.message.contains("unable to satisfy target os/arch constraints") ?? false)
        try fixture.rebase {
            $0.runImage = "m.test/run"
            $0.forceRebase = true
        }
        let platform = try fixture.image().config.platform
        let expected = try fixture.image("m.test/run").config.platform
        #expect(platform.architecture == expected.architecture)
        #expect(platform.variant == (difference == "distribution" ? "v1" : expected.variant))
    }

    @Test(
        "compares stacks and mixins of images from before targets",
        arguments: [
            ("a", "a", "[\"x\",\"build:y\"]", "[\"x\",\"y\",\"z\"]", nil),
            ("a", "b", "[]", "[]", "incompatible stack: 'b' is not compatible with 'a'"),
            ("", "a", "[]", "[]", "stack not defined on app image"),
            ("a", "", "[]", "[]", "stack not defined on new base image"),
            ("a", "a", "[\"run:x\",\"y\"]", "[]", "missing required mixin(s): x, y"),
        ] as [(String, String, String, String, String?)]
    )
    func stacks(old: String, new: String, oldMixins: String, newMixins: String, cause: String?) throws {
        let fixture = try makeFixture()
        for (name, stack, mixins) in [("registry.test/app", old, oldMixins), ("m.test/run", new, newMixins)] {
            try fixture.change(name) {
                $0.container.labels["io.buildpacks.stack.id"] = stack
                $0.container.labels["io.buildpacks.stack.mixins"] = mixins
                // Older than any version that can still build images.
                $0.container.setEnvironmentValue("CNB_PLATFORM_API", "0.3")
            }
        }
        var message: String?
        do {
            try fixture.rebase("0.11") { $0.runImage = "m.test/run" }
        } catch let error as PhaseError {
            message = error.message
        }
        #expect(message == cause.map { "failed to rebase: \($0)" })
    }

    @Test("fails when there is no image to rebase")
    func missingImage() throws {
        let fixture = try ExportFixture()
        let error = #expect(throws: PhaseError.self) { try fixture.rebase { _ in } }
        #expect(error?.kind == .rebase)
        #expect(error?.message.hasPrefix("failed to set app image: failed to access image to rebase: ") ?? false)
    }
}

extension ExportFixture {
    /// Replaces an image by a changed one.
    fileprivate func change(_ name: String, _ body: (inout ImageDraft) -> Void) throws {
        var draft = try ImageDraft(base: image(name))
        body(&draft)
        _ = try draft.finished(keepingHistory: true).write(to: store.destination(for: name), references: [name])
    }
}
