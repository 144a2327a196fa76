import Archive
import CNBCore
import Console
import LayerCaches
import OCI
import POSIX
import Phases
import PlatformModel
import TestSupport
import Testing

@Suite("Export phase")
struct ExportPhaseTests {
    private static let web = "[[processes]]\ntype = \"web\"\ncommand = [\"run\"]\ndirect = true\n"

    @Test("puts all layers on the run image, in the order of the reference")
    func layers() throws {
        let fixture = try ExportFixture()
        try fixture.writeLayer("b", types: "launch = true")
        try fixture.writeLayer("a", types: "launch = true\nbuild = true")
        try fixture.writeLayer("c", types: "cache = true")
        try fixture.directory.write("layers/sbom/launch/acme_one/sbom.cdx.json", "{}")
        try fixture.writeMetadata(Self.web)
        try fixture.export()
        let image = try fixture.image()
        #expect(
            image.config.history.map(\.createdBy) == [
                "base", "Layer: 'a', Created by buildpack: acme/one@1.0.0",
                "Layer: 'b', Created by buildpack: acme/one@1.0.0", "Software Bill-of-Materials", "Application Layer",
                "Buildpacks Application Launcher", "Buildpacks Launcher Config", "Buildpacks Process Types",
            ]
        )
        let label = try fixture.label(image)
        let diffIDs = image.config.diffIDs.map { RecordedDiffID($0) }
        #expect(label.runImage.topLayer == diffIDs[0])
        #expect(label.buildpacks.first?.layers.mapValues(\.diffID) == ["a": diffIDs[1], "b": diffIDs[2]])
        #expect(label.sbom == diffIDs[3])
        #expect(label.app == [diffIDs[4]])
        #expect([label.launcher, label.config, label.processTypes] == Array(diffIDs[5...]))
        // Recorded from the reference for the same process: this layer depends on nothing else.
        #expect(diffIDs[7] == "sha256:83d85471d9f8a3834b4e27cf701e3f0aef220cc816d9c173c7d32cd73909a590")
    }

    @Test("sets what containers of the image run")
    func container() throws {
        let fixture = try ExportFixture()
        try fixture.writeMetadata("buildpack-default-process-type = \"web\"\n\(Self.web)")
        try fixture.export()
        let container = try fixture.image().config.container
        #expect(
            container.environment == [
                "PATH=/cnb/process:/cnb/lifecycle:/bin", "BASE=1", "CNB_LAYERS_DIR=\(fixture.layersDir)",
                "CNB_APP_DIR=\(fixture.appDir)", "CNB_PLATFORM_API=0.12", "CNB_DEPRECATION_MODE=quiet",
            ]
        )
        #expect(container.entrypoint == ["/cnb/process/web"])
        #expect(container.command.isEmpty)
        #expect(container.workingDirectory == fixture.appDir)
        #expect(container.user == "1000:1000")
    }

    @Test("takes equal layers from the previous image, and sends only what has changed")
    func reuse() throws {
        let fixture = try ExportFixture()
        try fixture.writeLayer("same", types: "launch = true")
        try fixture.writeLayer("changing", types: "launch = true", contents: "old")
        try fixture.export()
        let first = try fixture.image()
        try fixture.startNextBuild()
        try fixture.writeLayer("same", types: "launch = true")
        try fixture.writeLayer("changing", types: "launch = true", contents: "new")
        try fixture.export()
        let second = try fixture.image()
        #expect(fixture.logger.messages.contains("Reusing layer 'acme/one:same'"))
        #expect(fixture.logger.messages.contains("Reused 1/1 app layer(s)"))
        let changed = zip(first.manifest.layers, second.manifest.layers).map { $0.digest != $1.digest }
        #expect(changed == [false, true, false, false, false, false])
    }

    @Test("takes a layer without contents from the previous image, with its new metadata")
    func reuseWithoutContents() throws {
        let fixture = try ExportFixture()
        try fixture.writeLayer("deps", types: "launch = true", metadata: "n = 1")
        try fixture.export()
        let first = try fixture.label(fixture.image()).buildpack("acme/one")?.layers["deps"]
        let diffID = try #require(first?.diffID.diffID)
        try fixture.startNextBuild()
        try fixture.writeLayer("deps", types: "launch = true", contents: nil, metadata: "n = 2")
        try fixture.export()
        let record = try fixture.label(fixture.image()).buildpack("acme/one")?.layers["deps"]
        #expect(record?.diffID.diffID == diffID)
        #expect(try fixture.image().config.diffIDs.contains(diffID))
    }

    @Test("cannot reuse a layer that the previous image does not have", arguments: [true, false])
    func reuseImpossible(isCached: Bool) throws {
        let fixture = try ExportFixture()
        try fixture.writeLayer("deps", types: "launch = true\ncache = \(isCached)", contents: nil)
        let error = #expect(throws: PhaseError.self) { try fixture.export() }
        #expect(error?.kind == .export)
        #expect(
            error?.message
                == (isCached
                    ? "failed to export: layer 'acme/one:deps' is cache=true but has no contents"
                    : "failed to export: cannot reuse 'acme/one:deps', previous image has no metadata for layer "
                        + "'acme/one:deps'")
        )
    }

    @Test("divides the app into slices")
    func slices() throws {
        let fixture = try ExportFixture()
        try fixture.directory.write("app/static/a", "a")
        try fixture.writeMetadata("[[slices]]\npaths = [\"static/*\"]\n[[slices]]\npaths = [\"nothing\"]\n")
        try fixture.export()
        #expect(fixture.logger.messages.contains("Added 3/3 app layer(s)"))
        let history = try fixture.image().config.history.map(\.createdBy)
        #expect(history.filter { $0.hasPrefix("Application Slice") }.count == 3)
    }

    @Test("writes no image when the default process does not exist")
    func missingProcess() throws {
        let fixture = try ExportFixture()
        fixture.inputs.platform.processType = "worker"
        let error = #expect(throws: PhaseError.self) { try fixture.export() }
        #expect(
            error?.message
                == "failed to export: determining entrypoint: tried to set worker to default but it doesn't exist; "
                + "there are no processes"
        )
        #expect(try fixture.store.open("registry.test/app", platform: nil) == nil)
    }

    @Test("refuses process types that cannot be file names", arguments: ["a/b", ""])
    func processNames(type: String) throws {
        let fixture = try ExportFixture()
        try fixture.writeMetadata("[[processes]]\ntype = \"\(type)\"\ncommand = [\"run\"]\ndirect = true\n")
        let error = #expect(throws: PhaseError.self) { try fixture.export() }
        #expect(error?.message.hasPrefix("failed to export: creating layer '': ") ?? false)
    }

    @Test("names every tag in the report, and those that failed in the error")
    func tags() throws {
        let fixture = try ExportFixture()
        fixture.inputs.platform.additionalTags = ["registry.test/app:v2", "registry.test/other:v3"]
        let report = try fixture.export()
        #expect(report.tags == ["registry.test/app", "registry.test/app:v2", "registry.test/other:v3"])
        #expect(report.digest == (try fixture.image("registry.test/other:v3").manifestDigest.description))
        #expect(try FileSystem.readText(fixture.inputs.platform.reportPath).contains("manifest-size = "))

        try fixture.store.forbidWriting("registry.test/app:v2")
        let error = #expect(throws: PhaseError.self) { try fixture.export() }
        #expect(
            error?.message.contains("failed to write image to the following tags: [registry.test/app:v2: ") ?? false
        )
    }

    @Test("dates image and history by SOURCE_DATE_EPOCH, where the Platform API knows it", arguments: ["0.8", "0.12"])
    func sourceDateEpoch(api: String) throws {
        let fixture = try ExportFixture(platformAPI: api)
        fixture.inputs.sourceDateEpoch = "-1"
        try fixture.export()
        let config = try fixture.image().config
        let date = api == "0.8" ? "1980-01-01T00:00:01Z" : "1969-12-31T23:59:59Z"
        #expect(config.created == date)
        #expect(Set(config.history.map(\.created)) == [date])
        #expect(config.history.allSatisfy { $0.createdBy.isEmpty } == (api == "0.8"))
    }

    @Test("warns about an epoch that is no number")
    func invalidEpoch() throws {
        let fixture = try ExportFixture()
        fixture.inputs.sourceDateEpoch = "yesterday"
        try fixture.export()
        #expect(fixture.logger.messages.contains("Ignoring invalid SOURCE_DATE_EPOCH"))
        #expect(try fixture.image().config.created == "1980-01-01T00:00:01Z")
    }

    @Test("gives the image the media types of its run image", arguments: [MediaTypeFamily.oci, .docker])
    func family(family: MediaTypeFamily) throws {
        let fixture = try ExportFixture(family: family)
        try fixture.export()
        let manifest = try fixture.image().manifest
        #expect(Set(manifest.layers.map(\.mediaType)) == [family.layer])
        #expect(manifest.mediaType == family.manifest)
        #expect(manifest.config.mediaType == family.config)
    }

    @Test("names run image and mirrors of run.toml in the label")
    func runImageNames() throws {
        let fixture = try ExportFixture()
        try fixture.directory.write(
            "run.toml",
            "[[images]]\nimage = \"other.test/run\"\n[[images]]\nimage = \"m.test/run\"\nmirrors = [\"registry.test/run\"]\n"
        )
        try fixture.export()
        let label = try fixture.label(fixture.image())
        #expect(label.runImage.names == RunImageNames(image: "m.test/run", mirrors: ["registry.test/run"]))
        #expect(label.stack == label.runImage.names)
        #expect(label.runImage.reference == (try fixture.image("registry.test/run").identifier))
    }

    @Test("fills the cache, and keeps what has not changed in it", arguments: [false, true])
    func cache(isParallel: Bool) throws {
        let fixture = try ExportFixture()
        fixture.inputs.platform.parallelExport = isParallel
        let path = try fixture.directory.makeDirectory("cache")
        try fixture.writeLayer("deps", types: "launch = true\ncache = true")
        try fixture.writeLayer("tools", types: "cache = true")
        try fixture.writeLayer("other", types: "launch = true")
        try fixture.export(cache: VolumeCache(path, logger: fixture.logger))
        let metadata = try VolumeCache(path, logger: fixture.logger).metadata()
        let cached = try #require(metadata.buildpack("acme/one")).layers
        #expect(Set(cached.keys) == ["deps", "tools"])
        let exported = try fixture.label(fixture.image()).buildpack("acme/one")?.layers
        #expect(cached["deps"]?.diffID == exported?["deps"]?.diffID)
        for record in cached.values {
            try VolumeCache(path, logger: fixture.logger).verify(try #require(record.diffID.diffID))
        }
        try fixture.export(cache: VolumeCache(path, logger: fixture.logger))
        #expect(fixture.logger.messages.contains("Reusing cache layer 'acme/one:tools'"))
        #expect(try VolumeCache(path, logger: fixture.logger).metadata() == metadata)
    }

    @Test("says which file of the app cannot be read", .enabled(if: !Conditions.isRoot, "root can read everything"))
    func unreadableFile() throws {
        let fixture = try ExportFixture()
        try fixture.directory.write("app/secret", "x", mode: 0o000)
        let error = #expect(throws: PhaseError.self) { try fixture.export() }
        #expect(error?.message.contains("\(fixture.appDir)/secret") ?? false)
    }

    @Test("names the layers whose metadata is malformed")
    func malformedLayers() throws {
        let fixture = try ExportFixture()
        try fixture.directory.write("layers/acme_one/x.toml", "launch = true\n")
        try fixture.directory.write("layers/acme_one/y.toml", "[types\n")
        let error = #expect(throws: PhaseError.self) { try fixture.export() }
        #expect(
            error?.message == "failed to export: failed to parse metadata for layers '[acme/one:x acme/one:y]'"
        )
    }
}
