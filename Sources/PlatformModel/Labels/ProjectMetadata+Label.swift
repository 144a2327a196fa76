import JSON

extension ProjectMetadata {
    /// The text of the label `io.buildpacks.project.metadata`.
    ///
    /// - Throws: When a value has no form in JSON.
    public func label() throws(PlatformModelError) -> String {
        var object = JSONObject()
        if let source {
            var members = JSONObject()
            if !source.type.isEmpty { members["type"] = .string(source.type) }
            if let version = source.version, !version.isEmpty {
                members["version"] = .object(try MetadataConversion.json(version))
            }
            if let metadata = source.metadata, !metadata.isEmpty {
                members["metadata"] = .object(try MetadataConversion.json(metadata))
            }
            object["source"] = .object(members)
        }
        return JSONWriter.string(.object(object))
    }
}
