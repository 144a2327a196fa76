public import Console
import JSON
public import PlatformModel

extension AnalysisMetadata {
    /// Writes analyzed.toml, and says at debug level what it says about the run image.
    ///
    /// - Parameters:
    ///   - path: Where the file goes.
    ///   - logger: Told about the run image.
    /// - Throws: A ``PhaseError`` of kind `failed` when the file can't be written.
    public func write(_ path: String, logger: Logger) throws(PhaseError) {
        logger.debug("Run image info in analyzed metadata is: ")
        logger.debug(runImage.summary)
        try wrapping(.failed) { try write(path) }
    }
}

extension AnalyzedRunImage? {
    /// The run image as messages show it, in the form that people know from the reference.
    var summary: String {
        guard let self else { return "null" }
        var object: JSONObject = [
            "Reference": .string(self.reference),
            "Image": .string(self.image),
            "Extend": .boolean(self.extend),
        ]
        if let target = self.target { object["target"] = target.json }
        return JSONWriter.string(.object(object))
    }
}
