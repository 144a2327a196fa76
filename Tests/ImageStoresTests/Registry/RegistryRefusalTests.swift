import OCI
import Testing

@testable import ImageStores

@Suite("Registry: refusals")
struct RegistryRefusalTests {
    @Test(
        "nobody asks again where a registry has understood and refused, or has no such image",
        arguments: [
            (400, true), (401, true), (403, true), (404, true), (405, true), (429, true), (408, false), (500, false),
            (503, false),
        ]
    )
    func refusal(status: Int, isFinal: Bool) {
        let error = RegistryError(
            registry: "registry.example",
            action: "pull manifest",
            cause: .status(status, diagnostics: [], text: "")
        )
        #expect(error.asOCIError.isFinal == isFinal)
    }

    @Test("a connection that breaks may be better the next time")
    func connection() {
        let error = RegistryError(registry: "registry.example", action: "pull manifest", cause: .transport([]))
        #expect(!error.asOCIError.isFinal)
    }
}
