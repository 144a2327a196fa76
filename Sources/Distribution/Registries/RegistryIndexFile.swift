import CNBCore
import Console

/// What a registry's index has about one buildpack: all of its versions.
public struct RegistryIndexFile: Equatable, Sendable {
    /// The name of the registry that is asked where nobody chose another.
    public static let defaultRegistry = "official"

    /// How many versions a file may have.
    public static let limit = 20_000

    /// The buildpack.
    public let id: RegistryID
    /// The versions, in the order of the file; one that is there twice is as its last line says.
    public let entries: [RegistryIndexEntry]

    /// Reads a file of an index.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents, at most `FileLimit.registryIndexFile` bytes.
    ///   - id: The buildpack, which the file's path is made of; lines about others are left out.
    ///   - file: The file's name or address, for errors.
    /// - Throws: When the file is too large, has too many lines, or has one that is malformed.
    public init(parsing bytes: [UInt8], id: RegistryID, file: String) throws(DistributionError) {
        try checkSize(bytes.count, of: file, limit: FileLimit.registryIndexFile)
        self.id = id
        var entries: [RegistryIndexEntry] = []
        var places: [String: Int] = [:]
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            let entry = try RegistryIndexEntry(line: Array(line), number: index + 1, file: file)
            guard entry.id == id else { continue }
            if let place = places[entry.version] {
                entries[place] = entry
                continue
            }
            guard entries.count < Self.limit else { throw .tooMany("versions", of: file, limit: Self.limit) }
            places[entry.version] = entries.count
            entries.append(entry)
        }
        self.entries = entries
    }

    /// The version that somebody gets who asks for the buildpack.
    ///
    /// - Parameter version: The version that was named; nil for the highest that is not yanked. Versions that are not
    ///   semantic ones come below all others, the last line being the highest of them.
    /// - Returns: The version, which may be yanked if it was named.
    /// - Throws: ``DistributionError/notInRegistry(_:reason:)`` when there is none.
    public func resolve(_ version: String?) throws(DistributionError) -> RegistryIndexEntry {
        guard let version else {
            guard let entry = newest else {
                let reason = entries.isEmpty ? "it is not there" : "all of its versions are yanked; name one to get it"
                throw .notInRegistry(id.description, reason: reason)
            }
            return entry
        }
        guard let entry = entries.first(where: { $0.version == version }) else {
            throw .notInRegistry("\(id)@\(version)", reason: reasonAgainst(version))
        }
        return entry
    }

    private var newest: RegistryIndexEntry? {
        var best: (entry: RegistryIndexEntry, version: SemanticVersion?)?
        for entry in entries where !entry.isYanked {
            let version = SemanticVersion(entry.version)
            switch (version, best?.version) {
            case (nil, .some): continue
            case (let new?, let old?) where new < old: continue
            default: best = (entry, version)
            }
        }
        return best?.entry
    }

    private func reasonAgainst(_ version: String) -> String {
        guard !entries.isEmpty else { return "it is not there" }
        let versions = entries.map(\.version)
        let hint =
            Suggestion.nearest(to: version, among: versions).map { "; did you mean \($0)?" }
            ?? newest.map { "; the newest is \($0.version)" } ?? ""
        return "there is no such version\(hint)"
    }
}
