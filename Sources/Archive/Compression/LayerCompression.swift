/// How the bytes of layers are compressed.
public enum LayerCompression: Hashable, Sendable {
    /// Not at all; the media type must say so.
    case none
    /// gzip, as a sequence of members; levels 1 (fast) to 12 (small) of libdeflate.
    case gzip(level: Int)
    /// zstd, as a sequence of frames; levels 1 to 19.
    case zstd(level: Int)

    /// gzip at the level that measurements favour: faster than `gzip -1`, and smaller.
    public static let standard = LayerCompression.gzip(level: 1)

    /// Reads a value of `CNB_LAYER_COMPRESSION`: `gzip[:level]`, `zstd[:level]` or `none`.
    ///
    /// - Parameter text: the variable's value; an empty one is the standard.
    /// - Throws: `ArchiveError.unknownCompression` for any other value.
    public init(_ text: String) throws(ArchiveError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let level = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count < 2 || level != nil else { throw .unknownCompression(text) }
        switch (parts.first ?? "", level) {
        case ("", nil): self = .standard
        case ("none", nil): self = .none
        case ("gzip", nil): self = .standard
        case ("gzip", .some(let level)) where (1...12).contains(level): self = .gzip(level: level)
        case ("zstd", nil): self = .zstd(level: 1)
        case ("zstd", .some(let level)) where (1...19).contains(level): self = .zstd(level: level)
        default: throw .unknownCompression(text)
        }
    }
}
