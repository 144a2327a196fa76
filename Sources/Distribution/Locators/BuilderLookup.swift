public import BuildpackModel
import CNBCore
import Console

/// Finds buildpacks and image extensions on a builder by what people call them.
struct BuilderLookup {
    private let modules: [PackagedModule]
    private let kind: ModuleKind

    init(_ modules: [PackagedModule], _ kind: ModuleKind) {
        (self.modules, self.kind) = (modules, kind)
    }

    /// Whether a name means anything on the builder.
    func has(_ name: ModuleName) -> Bool {
        modules.contains(where: name.names)
    }

    /// The full name of the module that a name means.
    ///
    /// - Throws: When there is none, or several versions and the name doesn't say which.
    func find(_ name: ModuleName) throws(DistributionError) -> ModuleName {
        let found = modules.filter(name.names)
        guard let first = found.first else {
            let word = kind == .buildpack ? "buildpack" : "image extension"
            throw .notOnBuilder(name.description, kind: word, hint: hint(for: name))
        }
        guard found.count == 1 else {
            let versions = found.map(\.identity).joined(separator: ", ")
            throw .invalidLocator(name.description, reason: "the builder has several versions; choose from \(versions)")
        }
        return ModuleName(id: first.id, version: first.version)
    }

    private func hint(for name: ModuleName) -> String {
        let versions = modules.filter { $0.id == name.id }.map(\.version.text)
        if !versions.isEmpty { return "; it has version \(versions.joined(separator: ", "))" }
        if modules.isEmpty { return "; it has none at all" }
        return suggestion(for: name.id.text)
    }

    /// The nearest id in words, or an empty string.
    func suggestion(for text: String) -> String {
        let id = text.prefix { $0 != "@" }
        let nearest = Suggestion.nearest(to: String(id), among: modules.map(\.id.text))
        return nearest.map { "; did you mean '\($0)'?" } ?? ""
    }
}

extension BuilderMetadata {
    /// What somebody may have meant who names a module that is not on the builder.
    ///
    /// - Parameters:
    ///   - id: What was written.
    ///   - kind: Buildpack or image extension.
    /// - Returns: The id of the nearest one on the builder; nil if none is near.
    public func nearest(to id: String, _ kind: ModuleKind) -> String? {
        Suggestion.nearest(to: id, among: modules.filter { $0.kind == kind }.map(\.id.text))
    }
}
