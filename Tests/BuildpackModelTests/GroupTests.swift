import BuildpackModel
import TOML
import TestSupport
import Testing

@Suite("Orders and groups")
struct GroupTests {
    @Test("order.toml has orders of buildpacks and extensions, and extensions are always optional")
    func order() throws {
        let file = try OrderTOML(
            toml: TOMLDocument.parse(
                """
                [[order]]
                [[order.group]]
                id = "acme/a"
                version = "1.0.0"
                optional = true
                [[order]]
                [[order.group]]
                id = "acme/b"
                version = "1.0.0"
                exec-env = ["test"]
                [[order-extensions]]
                [[order-extensions.group]]
                id = "acme/ext"
                version = "1.0.0"
                """
            )
        )
        #expect(file.order.groups.map { $0.map(\.id) } == [["acme/a"], ["acme/b"]])
        #expect(file.order.groups[1][0].execEnvironments == ["test"])
        #expect(
            file.extensionOrder.groups == [
                [GroupElement(kind: .imageExtension, id: "acme/ext", version: "1.0.0", isOptional: true)]
            ]
        )
    }

    @Test("an order that is written is read back as it was")
    func writtenOrder() throws {
        let file = OrderTOML(
            order: Order(groups: [
                [
                    GroupElement(id: "acme/a", version: "1.0.0", isOptional: true),
                    GroupElement(id: "acme/b", version: "2.0.0", execEnvironments: ["test"]),
                ],
                [GroupElement(id: "acme/c", version: "3.0.0")],
            ]),
            extensionOrder: Order(groups: [
                [GroupElement(kind: .imageExtension, id: "acme/e", version: "1.0.0", isOptional: true)]
            ])
        )
        let text = TOMLWriter.write(file.toml)
        #expect(try OrderTOML(toml: try TOMLDocument.parse(text)) == file)
        #expect(text.contains("[[order-extensions.group]]\n    id = \"acme/e\"\n    version = \"1.0.0\"\n"))
        #expect(TOMLWriter.write(OrderTOML(order: Order()).toml).isEmpty)
    }

    @Test("group.toml is written without what is clear from its lists, and read back with it")
    func group() throws {
        let group = Group(
            buildpacks: [GroupElement(id: "acme/a", version: "1.0.0", api: "0.12", homepage: "https://a")],
            extensions: [
                GroupElement(kind: .imageExtension, id: "acme/e", version: "2.0.0", api: "0.10", isOptional: true)
            ]
        )
        let text = TOMLWriter.write(group.toml)
        #expect(
            text == """
                [[group]]
                  id = "acme/a"
                  version = "1.0.0"
                  api = "0.12"
                  homepage = "https://a"

                [[group-extensions]]
                  id = "acme/e"
                  version = "2.0.0"
                  api = "0.10"

                """
        )
        #expect(try Group(toml: TOMLDocument.parse(text)) == group)
    }
}
