import Distribution
import Testing

@Suite("Variables of a build")
struct BuildVariablesTests {
    @Test("later settings replace earlier ones: project, files, command line")
    func precedence() throws {
        let text = """
            [_]
            schema-version = "0.2"
            [[io.buildpacks.build.env]]
            name = "A"
            value = "project"
            [[io.buildpacks.build.env]]
            name = "B"
            value = "project"
            """
        let project = try ProjectDescriptor(parsing: Array(text.utf8), file: "project.toml")
        let variables = BuildVariables(
            project: project.variables,
            files: [
                [try VariableSetting(name: "B", value: "file"), try VariableSetting(name: "C", value: "file")],
                [try VariableSetting(name: "C", value: "second file")],
            ],
            arguments: try ["D=a=b", "E", "F", "A="].map { try VariableSetting(argument: $0) },
            caller: { ["E": "caller", "A": "caller"][$0] }
        )
        #expect(variables.values.map { "\($0)=\($1)" } == ["A=", "B=file", "C=second file", "D=a=b", "E=caller"])
        #expect(variables.missing == ["F"])
        #expect(variables["D"] == "a=b")
    }

    @Test(
        "what can't be a variable is refused",
        arguments: ["", "=a", "A B=c", "a/b=c", "..", "A$=1", "a\u{0}=1", "A=\u{0}", "#A", "A\"=1"]
    )
    func refused(argument: String) {
        #expect(throws: DistributionError.self) { try VariableSetting(argument: argument) }
    }

    @Test(
        "names with points and dashes are taken, as Java programs want them",
        arguments: ["spring.profiles", "a-b", "_"]
    )
    func names(name: String) throws {
        #expect(try VariableSetting(argument: "\(name)=x") == VariableSetting(name: name, value: "x"))
    }

    @Test("a value that no kernel takes is refused")
    func tooLong() {
        let value = String(repeating: "x", count: VariableSetting.limit + 1)
        #expect(throws: DistributionError.self) { try VariableSetting(name: "A", value: value) }
    }
}
