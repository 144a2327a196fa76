import TOML

/// What a project says about itself: `[_]`, or `[project]` in the first schema.
public struct ProjectInfo: Equatable, Sendable {
    /// The id for programs; empty when not given, as all other texts.
    public var id: String
    /// The name for people.
    public var name: String
    /// The version, of any form.
    public var version: String
    /// Names or addresses of the authors.
    public var authors: [String]
    /// The address of the documentation.
    public var documentationURL: String
    /// The address of the source code.
    public var sourceURL: String
    /// The licences.
    public var licenses: [License]

    /// A licence of a project: a type, an address or both.
    public struct License: Hashable, Sendable {
        /// An SPDX expression, or a text of any form; empty when there is only an address.
        public var type: String
        /// Where the licence can be read; empty when there is only a type.
        public var uri: String
    }

    init() {
        (id, name, version, documentationURL, sourceURL) = ("", "", "", "", "")
        (authors, licenses) = ([], [])
    }

    init(toml: TOMLTable) throws(TOMLError) {
        id = try toml.string("id") ?? ""
        name = try toml.string("name") ?? ""
        version = try toml.string("version") ?? ""
        authors = try toml.limitedStrings("authors") ?? []
        documentationURL = try toml.string("documentation-url") ?? ""
        sourceURL = try toml.string("source-url") ?? ""
        licenses = []
        for entry in try toml.limitedTables("licenses") {
            let license = License(type: try entry.string("type") ?? "", uri: try entry.string("uri") ?? "")
            guard !license.type.isEmpty || !license.uri.isEmpty else {
                throw entry.error("a license needs a type or a uri")
            }
            licenses.append(license)
        }
    }
}
