import CNBCore
import Distribution
import OCI
import Testing

@Suite("Hostile inputs", .timeLimit(.minutes(2)))
struct HostileInputTests {
    private static let texts = [
        "[_]\nschema-version = \"0.3\"\nid = \"x\"\n[io.buildpacks]\ninclude = [\"*.c\", \"!a/**\"]\n"
            + "[[io.buildpacks.group]]\nid = \"a/b\"\nscript = { api = \"0.9\", inline = \"x\" }\n"
            + "[[io.buildpacks.build.env]]\nname = \"A\"\nvalue = \"1\"\nexec-env = [\"test\"]\n",
        "[buildpack]\nuri = \".\"\n[[dependencies]]\nimage = \"a/b:c\"\n[[targets]]\nos = \"linux\"\n",
        "export A=1\nB='x # y'\nC=\"\\n\\\"\nz\" # c\nD\n",
        "*.c\n!a/b\n/x/**/y\n[a-c]\\ \n[[:alpha:]]z/\n",
        #"{"ns":"a","name":"bcde","version":"1.0.0-rc.1+b","yanked":false,"addr":"x/y@sha256:0"}"#,
        "urn:cnb:registry:a/b@1.2.3", "from=builder:acme/java@2.0.0", "file://localhost/a%20b",
        "docker://[::1]:5000/a:b@c",
    ]

    /// Copies of a text with bytes changed, left out, doubled or put in, the same in each run.
    private static func mutants(of text: String, _ random: inout Pseudorandom) -> [[UInt8]] {
        (0..<200).map { _ in
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: bytes[place...], at: place)
                default: bytes.insert("\"'\\[]*\n#=@:/%{}".utf8.randomElement(using: &random) ?? 0, at: place)
                }
            }
            return bytes
        }
    }

    @Test("no file or text crashes a parser, and whatever is refused says why", arguments: texts)
    func mutants(text: String) throws {
        var random = Pseudorandom(seed: 7)
        let builder = try Samples.builder()
        let id = try RegistryID("a/bcde")
        for bytes in Self.mutants(of: text, &random) {
            let locator = String(decoding: bytes, as: UTF8.self)
            let parsers: [() throws -> Void] = [
                { _ = try ProjectDescriptor(parsing: bytes, file: "f") },
                { _ = try PackageDescriptor(parsing: bytes, file: "f") },
                { _ = try EnvFile(parsing: bytes, file: "f") },
                { _ = try IgnoreRules(parsing: bytes, file: "f").ignores(bytes, isDirectory: true) },
                { _ = try RegistryIndexFile(parsing: bytes, id: id, file: "f").resolve(nil) },
                { _ = try BuildpackLocator(locator, onBuilder: builder.buildpacks, baseDir: "") { _ in false } },
            ]
            for parser in parsers {
                do {
                    try parser()
                } catch {
                    #expect(error is DistributionError)
                    #expect(!"\(error)".isEmpty)
                }
            }
        }
    }

    @Test(
        "no label crashes the reader of a builder or a package",
        arguments: Array(Samples.builderLabels.keys).sorted()
    )
    func labels(label: String) throws {
        var random = Pseudorandom(seed: 11)
        for bytes in Self.mutants(of: Samples.builderLabels[label] ?? "", &random) {
            var labels = Samples.builderLabels.merging(Samples.packageLabels) { $1 }
            labels[label] = String(decoding: bytes, as: UTF8.self)
            let config = try Samples.config(labels)
            do {
                _ = try Buildpackage(config: config, image: "x").contents(config)
                _ = try BuilderMetadata(config: config, image: "x")
            } catch {
                #expect(error.description.contains("x"))
            }
        }
    }

    @Test("files full of what is wrong are read in time")
    func large() throws {
        let keys = (0..<60_000).map { "k\($0)=1" }.joined(separator: "\n")
        let text = "[_]\nschema-version = \"0.2\"\n[io.buildpacks]\n" + keys
        let descriptor = try ProjectDescriptor(parsing: Array(text.utf8), file: "f")
        #expect(descriptor.warnings.count == 51)
        #expect(descriptor.warnings.last == .moreUnknownKeys(59_950))
        let names = try EnvFile(parsing: Array((0..<100_000).map { "N\($0)" }.joined(separator: "\n").utf8), file: "f")
        let variables = BuildVariables(project: [], files: [names.settings], arguments: []) { _ in nil }
        #expect(variables.missing.count == 100_000)
        var labels = Samples.builderLabels
        labels["io.buildpacks.buildpack.order"] = "[" + String(repeating: "{},", count: 1_000) + "{}]"
        let config = try Samples.config(labels)
        let error = #expect(throws: DistributionError.self) { try BuilderMetadata(config: config, image: "x") }
        #expect(error?.description.contains("at most 1000 groups with 10000 elements are read") == true)
    }
}
