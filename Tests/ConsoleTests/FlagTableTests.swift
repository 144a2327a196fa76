import Console
import Testing

@Suite("Flag table")
struct FlagTableTests {
    private static let minute: Int64 = 60_000_000_000

    private let table = FlagTable(
        program: "lifecycle",
        flags: [
            Flag("uid", .integer(0), help: "UID of user in the stack's build and run images"),
            Flag("app", .string("/workspace"), help: "path to app directory", environmentVariable: "CNB_APP_DIR"),
            Flag("daemon", .boolean(false), help: "export to docker daemon"),
            Flag("cache-dir", .string(""), help: "path to cache directory"),
            Flag("tag", .list([]), help: "additional tags"),
            Flag("ttl", .duration(2 * minute), help: "cache time-to-live", apis: "0.12|0.13"),
        ]
    )

    @Test(
        "flags are read in all their forms",
        arguments: [
            ["-app", "/a", "-daemon", "-uid", "7", "image"],
            ["--app", "/a", "--daemon", "--uid=7", "image"],
            ["-app=/a", "-daemon=true", "-uid=0x7", "image"],
            ["-app=/b", "-app=/a", "-daemon=false", "-daemon=T", "-uid=0b111", "--", "image"],
        ]
    )
    func forms(arguments: [String]) throws {
        let parsed = try table.parse(arguments)
        #expect(parsed.string("app") == "/a")
        #expect(parsed.boolean("daemon") == true)
        #expect(parsed.integer("uid") == 7)
        #expect(parsed.arguments == ["image"])
    }

    @Test("without flags, defaults apply")
    func defaults() throws {
        let parsed = try table.parse([])
        #expect(parsed.string("app") == "/workspace")
        #expect(parsed.boolean("daemon") == false)
        #expect(parsed.list("tag") == [])
        #expect(parsed.duration("ttl") == 2 * Self.minute)
        #expect(parsed["nope"] == nil)
    }

    @Test("repeated values are collected, after those of the default")
    func list() throws {
        let flags = [Flag("tag", .list(["from-env"]), help: "")]
        let parsed = try FlagTable(program: "p", flags: flags).parse(["-tag", "a", "-tag=b", "-tag", ""])
        #expect(parsed.list("tag") == ["from-env", "a", "b", ""])
    }

    @Test(
        "what is no flag ends the flags",
        arguments: [
            (["image", "-daemon"], ["image", "-daemon"]), (["--", "-daemon"], ["-daemon"]),
            (["-", "-daemon"], ["-", "-daemon"]),
            (["", "-daemon"], ["", "-daemon"]),
        ]
    )
    func positional(arguments: [String], expected: [String]) throws {
        let parsed = try table.parse(arguments)
        #expect(parsed.arguments == expected)
        #expect(parsed.boolean("daemon") == false)
    }

    @Test("a value may look like a flag, and hold equals signs")
    func oddValues() throws {
        let parsed = try table.parse(["-app", "-daemon", "-cache-dir=a=b="])
        #expect(parsed.string("app") == "-daemon")
        #expect(parsed.string("cache-dir") == "a=b=")
        #expect(parsed.boolean("daemon") == false)
    }

    @Test(
        "mistakes are worded as Go's flag package words them",
        arguments: [
            (["-nope"], "flag provided but not defined: -nope"),
            (["--nope=1"], "flag provided but not defined: -nope"),
            (["-app"], "flag needs an argument: -app"),
            (["-=x"], "bad flag syntax: -=x"),
            (["---app"], "bad flag syntax: ---app"),
            (["--=x"], "bad flag syntax: --=x"),
            (["-daemon=maybe"], #"invalid boolean value "maybe" for -daemon: parse error"#),
            (["-uid=abc"], #"invalid value "abc" for flag -uid: parse error"#),
            (["-uid", ""], #"invalid value "" for flag -uid: parse error"#),
            (["-uid=99999999999999999999"], #"invalid value "99999999999999999999" for flag -uid: value out of range"#),
            (["-uid=a\n\u{1}é\"\u{ad}"], #"invalid value "a\n\x01é\"\u00ad" for flag -uid: parse error"#),
            (["-ttl=1"], #"invalid value "1" for flag -ttl: parse error"#),
        ]
    )
    func mistakes(arguments: [String], expected: String) {
        let error = #expect(throws: FlagError.self) { _ = try table.parse(arguments) }
        #expect(error?.description == expected)
    }

    @Test(
        "a misspelt flag gets the nearest one, if there is one",
        arguments: [("ap", "app"), ("cache_dir", "cache-dir"), ("xyz", nil)] as [(String, String?)]
    )
    func nearest(name: String, expected: String?) {
        let hint = expected.map { "; did you mean -\($0)?" } ?? ""
        #expect(table.explanation(of: .notDefined(name)) == "flag provided but not defined: -\(name)\(hint)")
    }

    @Test("help is no mistake", arguments: ["-h", "-help", "--help", "--help=x"])
    func help(argument: String) {
        #expect(throws: FlagError.helpRequested) { _ = try table.parse([argument]) }
    }

    @Test("the usage text is Go's, with the variables of flags")
    func usage() {
        #expect(
            table.usage == """
                Usage of lifecycle:
                  -app string
                    \tpath to app directory (default "/workspace") [$CNB_APP_DIR]
                  -cache-dir string
                    \tpath to cache directory
                  -daemon
                    \texport to docker daemon
                  -tag value
                    \tadditional tags
                  -ttl duration
                    \tcache time-to-live (default 2m0s)
                  -uid int
                    \tUID of user in the stack's build and run images

                """
        )
    }

    @Test("the usage text shows short flags, own names of values, and all kinds of defaults")
    func usageDetails() {
        let flags = [
            Flag("v", .boolean(true), help: "talk"),
            Flag("o", .string("a\"b"), help: "write to `file`"),
            Flag("t", .list(["x", "y"]), help: "one\ntwo"),
        ]
        #expect(
            FlagTable(program: "p", flags: flags).usage == """
                Usage of p:
                  -o file
                    \twrite to file (default "a\\"b")
                  -t value
                    \tone
                    \ttwo (default [x y])
                  -v\ttalk (default true)

                """
        )
    }

    @Test("the documentation has a row for each flag")
    func markdown() {
        let lines = table.markdown.split(separator: "\n")
        #expect(lines.count == 8)
        #expect(lines.contains(#"| `-app` | `CNB_APP_DIR` | `"/workspace"` |  | path to app directory |"#))
        #expect(lines.contains(#"| `-ttl` |  | `2m0s` | 0.12\|0.13 | cache time-to-live |"#))
    }
}

@Suite("Texts of flag values")
struct FlagTextTests {
    @Test(
        "whole numbers are read as Go reads them",
        arguments: [
            ("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("0x1F", 31), ("-0xff", -255), ("0o17", 15), ("017", 15),
            ("0b101", 5),
            ("0x_1_f", 31), ("0_7", 7), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("00", 0),
        ]
    )
    func integers(text: String, expected: Int) throws {
        #expect(try FlagText.integer(text) == expected)
    }

    @Test(
        "other texts are no whole numbers",
        arguments: [
            "", "-", "+", "--1", "1_000", "_1", "0x", "0x_", "0x1_", "0x1__2", "08", "0b2", "1.5", "1e3", " 1", "1 ",
            "٣", "0x-1",
        ]
    )
    func notIntegers(text: String) {
        #expect(throws: FlagText.Failure.unreadable) { _ = try FlagText.integer(text) }
    }

    @Test(
        "lengths of time are written as Go writes them, and read again",
        arguments: [
            (0, "0s"), (1, "1ns"), (1100, "1.1µs"), (2_200_000, "2.2ms"), (3_300_000_000, "3.3s"),
            (245_000_000_000, "4m5s"), (604_800_000_000_000, "168h0m0s"), (-1_500_000_000, "-1.5s"),
            (3_600_000_000_001, "1h0m0.000000001s"), (Int64.max, "2562047h47m16.854775807s"),
            (Int64.min, "-2562047h47m16.854775808s"),
        ] as [(Int64, String)]
    )
    func durations(nanoseconds: Int64, text: String) {
        #expect(DurationText.string(nanoseconds: nanoseconds) == text)
        #expect(DurationText.nanoseconds(text) == nanoseconds)
    }

    @Test(
        "lengths of time are read in all their forms",
        arguments: [
            ("0", 0), ("-0", 0), ("+5s", 5_000_000_000), ("1.5h", 5_400_000_000_000), (".5s", 500_000_000),
            ("1.s", 1_000_000_000), ("1h2m3.5s", 3_723_500_000_000), ("10us", 10_000), ("10μs", 10_000),
            ("0.3333333333333333333h", 1_200_000_000_000),
        ] as [(String, Int64)]
    )
    func durationForms(text: String, expected: Int64) {
        #expect(DurationText.nanoseconds(text) == expected)
    }

    @Test(
        "other texts are no lengths of time",
        arguments: [
            "", "3", "-", "s", ".", "-.", ".s", "+.s", "1d", "1h-2m", "1 s", "9223372036854775808ns", "3000000h",
            "5124095.9h",
            "1..5s",
        ]
    )
    func notDurations(text: String) {
        #expect(DurationText.nanoseconds(text) == nil)
    }
}
