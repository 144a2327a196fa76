import Console
import PlatformModel

extension AnalysisMetadata {
    /// Reads analyzed.toml for a phase that can do without it.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - action: What the file is read for, for errors: `initialize detector`.
    ///   - logger: Is told when there is no such file.
    /// - Returns: The contents, in which nothing is known if there is no such file.
    /// - Throws: A ``PhaseError`` of kind `failed` when the file can't be read or is not valid.
    static func read(_ path: String, to action: String, logger: Logger) throws(PhaseError) -> AnalysisMetadata {
        if let analysis = try wrapping(.failed, failedTo: action, { try AnalysisMetadata.read(path) }) {
            return analysis
        }
        logger.warn("No analyzed metadata found at path \"\(path)\"")
        return AnalysisMetadata()
    }
}
