/// The formats of a software bill of materials that buildpacks may write.
public enum SBOMFormat: String, CaseIterable, Hashable, Sendable {
    /// CycloneDX JSON.
    case cycloneDX = "application/vnd.cyclonedx+json"
    /// SPDX JSON.
    case spdx = "application/spdx+json"
    /// Syft JSON.
    case syft = "application/vnd.syft+json"

    /// The media type that a buildpack declares in `sbom-formats`.
    public var mediaType: String { rawValue }

    /// The name of the file in the SBOM directories of a build, which is also what `<layer>.` comes before.
    public var fileName: String {
        switch self {
        case .cycloneDX: "sbom.cdx.json"
        case .spdx: "sbom.spdx.json"
        case .syft: "sbom.syft.json"
        }
    }

    /// The format of a file in a buildpack's layers directory, such as `launch.sbom.cdx.json`; nil for any other name.
    public init?(fileName name: String) {
        guard let format = Self.allCases.first(where: { name.hasSuffix(".\($0.fileName)") }) else { return nil }
        self = format
    }

    /// The media type of an entry of `sbom-formats` without parameters, in lower case: `Application/SPDX+json; v=2`
    /// stands for `application/spdx+json`.
    public static func essence(of mediaType: String) -> String {
        let essence = mediaType.prefix { $0 != ";" }
        return essence.trimmingBlanks().lowercased()
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at both ends.
    fileprivate func trimmingBlanks() -> String {
        let rest = drop { $0 == " " || $0 == "\t" }
        let end = rest.lastIndex { $0 != " " && $0 != "\t" }.map { rest.index(after: $0) }
        return String(rest[..<(end ?? rest.startIndex)])
    }
}
