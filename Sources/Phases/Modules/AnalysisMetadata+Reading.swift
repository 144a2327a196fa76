import Console
import PlatformModel

extension AnalysisMetadata {
    /// Reads analyzed.toml for a phase that can do without it.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - context: What an error begins with, as in `failed to initialize detector: `.
    ///   - logger: Is told when there is no such file.
    /// - Returns: The contents, in which nothing is known if there is no such file.
    /// - Throws: A ``PhaseError`` of kind `failed` when the file can't be read or is not valid.
    static func read(_ path: String, in context: String, logger: Logger) throws(PhaseError) -> AnalysisMetadata {
        do {
            if let analysis = try AnalysisMetadata.read(path) { return analysis }
        } catch {
            throw PhaseError(.failed, in: context, error)
        }
        logger.warn("No analyzed metadata found at path \"\(path)\"")
        return AnalysisMetadata()
    }
}
