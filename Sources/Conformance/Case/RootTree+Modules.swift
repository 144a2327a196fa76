import POSIX
import Sandbox

extension RootTree {
    /// Writes a buildpack or extension to where the lifecycle looks for them.
    /// - Throws: When the system refuses, or a text has a name that means nothing.
    func write(_ module: BuildModule, _ bindings: Bindings) throws(CaseError) {
        let kind = module.kind.rawValue
        let id = try bindings.given(module.id)
        let version = try bindings.given(module.version)
        let folder = "/cnb/\(kind)s/\(id.replacingSlashes)/\(version)"
        var descriptor = """
            api = "\(try bindings.given(module.api))"

            [\(kind)]
            id = "\(id)"
            version = "\(version)"
            \(try bindings.given(module.info ?? ""))

            \(try bindings.given(module.extra ?? ""))
            """
        if let whole = module.descriptor { descriptor = try bindings.given(whole) }
        try put(descriptor, at: "\(folder)/\(kind).toml", mode: 0o644)
        for script in module.scripts {
            try put(try bindings.given(script.text), at: "\(folder)/bin/\(script.name)", mode: 0o755)
        }
    }

    /// Writes `/cnb/order.toml`.
    /// - Throws: When the system refuses, or a text has a name that means nothing.
    func write(_ order: OrderFile, _ bindings: Bindings) throws(CaseError) {
        var text = ""
        for (table, groups) in [("order", order.groups), ("order-extensions", order.extensions)] {
            for group in groups {
                text += "[[\(table)]]\n"
                for element in group {
                    let element = try bindings.given(element)
                    let parts = element.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
                    text += "[[\(table).group]]\nid = \"\(parts[0])\"\n"
                    let version = (parts.last ?? "").prefix { $0 != "?" }
                    if !version.isEmpty { text += "version = \"\(version)\"\n" }
                    if element.hasSuffix("?") { text += "optional = true\n" }
                }
                text += "\n"
            }
        }
        try put(text, at: "/cnb/order.toml", mode: 0o644)
    }

    /// Writes a file of the fixture's table.
    /// - Throws: When the system refuses, or a text has a name that means nothing.
    func write(_ file: InputFile, _ bindings: Bindings) throws(CaseError) {
        let content: InputFile.Content
        switch file.content {
        case .text(let text): content = .text(try bindings.given(text))
        case .symlink(let target): content = .symlink(try bindings.given(target))
        case .bytes, .directory: content = file.content
        }
        let path = try bindings.given(file.path)
        let owner = try file.owner.map { text throws(CaseError) in try bindings.owner(text) }
        try refused { () throws(POSIXError) in try write(content, to: path, mode: file.mode, owner: owner) }
    }

    private func put(_ text: String, at path: String, mode: UInt32) throws(CaseError) {
        try refused { () throws(POSIXError) in try write(.text(text), to: path, mode: mode, owner: nil) }
    }
}

/// Runs something that the system may refuse.
func refused<Result>(_ body: () throws(POSIXError) -> Result) throws(CaseError) -> Result {
    do {
        return try body()
    } catch {
        throw .system(error)
    }
}

extension Bindings {
    /// Puts values into a text that a case is given.
    func given(_ text: String) throws(CaseError) -> String {
        do {
            return try expand(text)
        } catch {
            throw .text(error)
        }
    }

    /// Puts values into a text that a case is expected to show.
    func expected(_ text: String) throws(CaseError) -> TextPattern {
        do {
            return try pattern(text)
        } catch {
            throw .text(error)
        }
    }

    /// A user and group, which may be values of the case.
    func owner(_ text: String) throws(CaseError) -> Owner {
        let text = try given(text)
        guard let owner = Owner(text) else { throw .other("\(text) is no user and group") }
        return owner
    }
}

extension String {
    /// The text with `_` for each slash, which makes a name of an id.
    var replacingSlashes: String {
        String(map { $0 == "/" ? "_" : $0 })
    }
}
