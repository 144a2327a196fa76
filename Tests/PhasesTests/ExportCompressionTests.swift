import Archive
import OCI
import POSIX
import Phases
import TestSupport
import Testing

@Suite("Compression of exported layers")
struct ExportCompressionTests {
    @Test("zstd layers have OCI's media type")
    func zstd() throws {
        let fixture = try ExportFixture(family: .oci)
        fixture.inputs.compression = try LayerCompression("zstd:3")
        try fixture.writeLayer("deps", types: "launch = true")
        try fixture.export()
        let image = try fixture.image()
        #expect(image.manifest.mediaType == .ociManifest)
        #expect(
            image.manifest.layers.map(\.mediaType) == [.ociLayerGzip] + [MediaType](repeating: .ociLayerZstd, count: 4)
        )
        let blob = try #require(fixture.store.blob(image.manifest.layers[1].digest))
        #expect(blob.prefix(4) == [0x28, 0xB5, 0x2F, 0xFD], "the magic number of zstd")
    }

    @Test("zstd is refused for images with Docker's media types, before anything is written")
    func refusal() throws {
        let fixture = try ExportFixture(family: .docker)
        fixture.inputs.compression = try LayerCompression("zstd")
        try fixture.writeLayer("deps", types: "launch = true")
        let error = #expect(throws: PhaseError.self) { try fixture.export() }
        #expect(error?.kind == .failed)
        #expect(
            error?.message
                == "failed to create new app image: CNB_LAYER_COMPRESSION: run image 'registry.test/run' has Docker's media "
                + "types, none of which is for layers compressed with zstd; use gzip, or a run image with OCI media types"
        )
        #expect(try fixture.store.open("registry.test/app", platform: nil) == nil)
    }

    @Test("layers that are not compressed say so", arguments: [MediaTypeFamily.docker, .oci])
    func none(family: MediaTypeFamily) throws {
        let fixture = try ExportFixture(family: family)
        fixture.inputs.compression = try LayerCompression("none")
        try fixture.writeLayer("deps", types: "launch = true")
        try fixture.export()
        let image = try fixture.image()
        let expected: MediaType = family == .oci ? .ociLayer : .dockerLayer
        #expect(image.manifest.layers.dropFirst().allSatisfy { $0.mediaType == expected })
        #expect(
            image.manifest.layers.dropFirst().map(\.digest.description)
                == image.config.diffIDs.dropFirst().map(\.description)
        )
    }
}
