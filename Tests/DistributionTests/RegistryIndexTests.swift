import CNBCore
import Distribution
import OCI
import Testing

@Suite("Registry index")
struct RegistryIndexTests {
    private static func line(_ version: String, yanked: Bool = false, name: String = "java", addr: String? = nil)
        -> String
    {
        let address = addr ?? "docker.io/acme/java@sha256:\(String(repeating: "a", count: 64))"
        return #"{"ns":"acme","name":"\#(name)","version":"\#(version)","yanked":\#(yanked),"addr":"\#(address)"}"#
    }

    private func file(_ lines: [String]) throws -> RegistryIndexFile {
        let text = lines.joined(separator: "\n") + "\n"
        return try RegistryIndexFile(parsing: Array(text.utf8), id: try RegistryID("acme/java"), file: "acme_java")
    }

    @Test(
        "without a version, the highest that is not yanked is meant",
        arguments: [
            ([("0.9.0", false), ("0.10.0", false), ("0.2.0", false)], "0.10.0"),
            ([("1.0.0", false), ("2.0.0", true), ("1.1.0", false)], "1.1.0"),
            ([("1.0.0-rc.1", false), ("1.0.0", false)], "1.0.0"),
            ([("latest", false), ("0.0.1", false), ("other", false)], "0.0.1"),
            ([("first", false), ("second", false)], "second"),
        ] as [([(String, Bool)], String)]
    )
    func newest(versions: [(String, Bool)], expected: String) throws {
        let file = try file(versions.map { Self.line($0.0, yanked: $0.1) })
        #expect(try file.resolve(nil).version == expected)
    }

    @Test("a yanked version is had only by its name")
    func yanked() throws {
        let file = try file([Self.line("1.0.0"), Self.line("1.1.0", yanked: true)])
        let entry = try file.resolve("1.1.0")
        #expect(entry.isYanked)
        #expect(try entry.image().name == "index.docker.io/acme/java@sha256:\(String(repeating: "a", count: 64))")
        #expect(try !file.resolve(nil).isYanked)
    }

    @Test("a later line about a version replaces an earlier one, and lines about others are left out")
    func lines() throws {
        let file = try file([
            Self.line("1.0.0"), "", Self.line("9.0.0", name: "other"), "  ", Self.line("1.0.0", yanked: true) + "\r",
        ])
        #expect(file.entries.map(\.isYanked) == [true])
    }

    @Test("versions that can't be had are refused with a hint")
    func missing() throws {
        func message(_ lines: [String], _ version: String?) throws -> String? {
            let file = try file(lines)
            return #expect(throws: DistributionError.self) { try file.resolve(version) }?.description
        }
        let prefix = "buildpack 'acme/java"
        #expect(try message([], nil) == "\(prefix)' of the registry: it is not there")
        #expect(
            try message([Self.line("1.0.0", yanked: true)], nil)
                == "\(prefix)' of the registry: all of its versions are yanked; name one to get it"
        )
        #expect(
            try message([Self.line("1.10.0")], "1.01.0")
                == "\(prefix)@1.01.0' of the registry: there is no such version; did you mean 1.10.0?"
        )
        #expect(
            try message([Self.line("1.10.0")], "47.11.8")
                == "\(prefix)@47.11.8' of the registry: there is no such version; the newest is 1.10.0"
        )
    }

    @Test("an address has to be a digest", arguments: ["", "docker.io/acme/java:1.0", "acme/java@sha256:abc"])
    func address(text: String) throws {
        let entry = try file([Self.line("1.0.0", addr: text)]).resolve("1.0.0")
        let error = #expect(throws: DistributionError.self) { try entry.image() }
        #expect(
            error?.description == "buildpack 'acme/java@1.0.0' of the registry: "
                + "its address '\(text)' is not that of an image with a digest"
        )
    }

    @Test(
        "a malformed line is named by its number",
        arguments: [
            ("{", "acme_java: line 2: column 2:"), ("[]", "acme_java: line 2: expected an object, found an array"),
            (#"{"ns":1}"#, "acme_java: line 2: ns: expected a string, found a number"),
            (#"{"ns":"acme","name":"java","yanked":1}"#, "acme_java: line 2: yanked: expected a boolean"),
            (#"{"ns":"../x","name":"java"}"#, "acme_java: line 2: buildpack '../x/java' of the registry"),
        ]
    )
    func malformed(line: String, message: String) {
        let error = #expect(throws: DistributionError.self) { try file([Self.line("1.0.0"), line]) }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test("size and number of versions are bounded")
    func bounds() throws {
        let id = try RegistryID("acme/java")
        #expect(throws: DistributionError.self) {
            try RegistryIndexFile(
                parsing: Array(repeating: UInt8(ascii: "\n"), count: FileLimit.registryIndexFile + 1),
                id: id,
                file: "f"
            )
        }
        let lines = (0...RegistryIndexFile.limit).map { Self.line("1.0.\($0)", addr: "x") }
        #expect(throws: DistributionError.tooMany("versions", of: "acme_java", limit: RegistryIndexFile.limit)) {
            try file(lines)
        }
    }
}
