public import BuildpackModel
import JSON

/// `sbom.legacy.json`: the bill of materials entries of old buildpacks, from Platform API 0.9 a file.
public enum LegacyBOM {
    /// The file's name in the SBOM directories.
    public static let fileName = "sbom.legacy.json"

    /// The file's text, a JSON array and a newline; `null` when there are no entries.
    ///
    /// - Parameter entries: The entries, in the order of the buildpacks.
    /// - Returns: The text.
    /// - Throws: When a buildpack's data has no form in JSON.
    public static func text(_ entries: [BOMEntry]) throws(PlatformModelError) -> String {
        let list = try BuildMetadataLabel.list(entries) { (entry) throws(PlatformModelError) in
            try BuildMetadataLabel.json(entry)
        }
        return JSONWriter.string(list) + "\n"
    }
}
