import OCI
import Testing

@Suite("Image configs")
struct ImageConfigTests {
    private static let diffID = "sha256:" + String(repeating: "1", count: 64)

    private func parse(_ text: String) throws(OCIError) -> ImageConfig {
        try ImageConfig(parsing: Array(text.utf8), of: "test")
    }

    private func text(_ config: ImageConfig) -> String { String(decoding: config.bytes, as: UTF8.self) }

    @Test("are written with the keys in the order of the field, empty ones left out")
    func order() throws {
        let config = try parse(
            """
            {"os":"linux","rootfs":{"diff_ids":["\(Self.diffID)"],"type":"layers"},"config":{"WorkingDir":"/w","Cmd":[],
            "Labels":{"b":"2","a":"<1>"},"Env":["A=1"],"Volumes":{"/y":{},"/x":{}},"Tty":false},"architecture":"arm64",
            "variant":"v8","author":"me","history":[{"created_by":"x","created":"2020-01-01T00:00:00Z","empty_layer":false}]}
            """
        )
        #expect(
            text(config)
                == #"{"architecture":"arm64","author":"me","created":"0001-01-01T00:00:00Z","#
                + #""history":[{"created":"2020-01-01T00:00:00Z","created_by":"x"}],"os":"linux","#
                + #""rootfs":{"type":"layers","diff_ids":["\#(Self.diffID)"]},"#
                + #""config":{"Env":["A=1"],"Labels":{"a":"\u003c1\u003e","b":"2"},"#
                + #""Volumes":{"/x":{},"/y":{}},"WorkingDir":"/w"},"variant":"v8"}"#
        )
    }

    @Test("keep fields that nobody here knows")
    func unknownFields() throws {
        let config = try parse(
            #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"x.org/new":{"a":1.50},"#
                + #""config":{"Memory":5,"StopSignal":"SIGINT"}}"#
        )
        #expect(text(config).contains(#""config":{"StopSignal":"SIGINT","Memory":5}"#))
        #expect(text(config).hasSuffix(#","x.org/new":{"a":1.50}}"#))
    }

    @Test(
        "with values of the wrong type are refused with the field's name",
        arguments: [
            ("[]", "expected an object"), (#"{"os":1}"#, "os"), (#"{"rootfs":{"diff_ids":["x"]}}"#, "invalid digest"),
            (#"{"config":{"Env":[1]}}"#, "Env"), (#"{"config":{"Labels":{"a":1}}}"#, "Labels.a"),
            ("{", "config of test"),
        ]
    )
    func malformed(document: String, reason: String) {
        let error = #expect(throws: OCIError.self) { try parse(document) }
        #expect(error?.description.contains(reason) ?? false)
    }

    @Test("know their variables by what is before the first =")
    func environment() {
        var container = ContainerConfig()
        container.environment = ["A=1", "B=x=y", "C"]
        #expect(container.environmentValue("B") == "x=y")
        #expect(container.environmentValue("C") == "")
        #expect(container.environmentValue("D") == nil)
        container.setEnvironmentValue("B", "2")
        container.setEnvironmentValue("D", "4")
        #expect(container.environment == ["A=1", "B=2", "C", "D=4"])
    }

    @Test(
        "say when they were made in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (315_532_801, "1980-01-01T00:00:01Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func timestamps(seconds: Int64, text: String) throws {
        #expect(try #require(Timestamp(seconds: seconds)).description == text)
    }

    @Test("cannot say that they were made in the year 10000")
    func timestampLimits() {
        #expect(Timestamp(seconds: 253_402_300_800) == nil)
        #expect(Timestamp(seconds: .min) == nil)
    }
}

@Suite("Image histories")
struct HistoryTests {
    private let layer = HistoryEntry(createdBy: "layer")
    private let variable = HistoryEntry(createdBy: "ENV", isEmptyLayer: true)

    @Test("have one entry a layer")
    func normalized() {
        #expect([variable, layer, variable, layer].normalized(layerCount: 2) == [layer, layer])
    }

    @Test("that do not fit the layers are replaced by blank ones", arguments: [0, 1, 3])
    func mismatch(count: Int) {
        #expect([layer, layer].normalized(layerCount: count) == Array(repeating: HistoryEntry(), count: count))
    }
}
