import JSON

/// An entry of an image's history: how one layer, or a change of the config alone, came about.
public struct HistoryEntry: Hashable, Sendable {
    /// Who made it.
    public var author: String
    /// When it was made, as RFC 3339 has it; empty when not known.
    public var created: String
    /// The command or words that tell how it was made.
    public var createdBy: String
    /// A remark.
    public var comment: String
    /// Whether no layer belongs to the entry.
    public var isEmptyLayer: Bool

    public init(
        author: String = "",
        created: String = "",
        createdBy: String = "",
        comment: String = "",
        isEmptyLayer: Bool = false
    ) {
        self.author = author
        self.created = created
        self.createdBy = createdBy
        self.comment = comment
        self.isEmptyLayer = isEmptyLayer
    }

    init(_ fields: DocumentFields) throws(OCIError) {
        author = try fields.string("author") ?? ""
        created = try fields.string("created") ?? ""
        createdBy = try fields.string("created_by") ?? ""
        comment = try fields.string("comment") ?? ""
        isEmptyLayer = try fields.boolean("empty_layer")
    }

    var json: JSONValue {
        var object = JSONObject()
        if !author.isEmpty { object["author"] = .string(author) }
        object["created"] = .string(created.isEmpty ? Timestamp.zero : created)
        if !createdBy.isEmpty { object["created_by"] = .string(createdBy) }
        if !comment.isEmpty { object["comment"] = .string(comment) }
        if isEmptyLayer { object["empty_layer"] = true }
        return .object(object)
    }
}

extension [HistoryEntry] {
    /// The history with exactly one entry a layer.
    ///
    /// Entries of empty layers are dropped. A history that then does not fit the layers says nothing about them, so it
    /// is replaced by blank entries.
    ///
    /// - Parameter layerCount: The number of layers that the history is of.
    /// - Returns: `layerCount` entries.
    public func normalized(layerCount: Int) -> [HistoryEntry] {
        let ofLayers = filter { !$0.isEmptyLayer }
        return ofLayers.count == layerCount ? ofLayers : Array(repeating: HistoryEntry(), count: layerCount)
    }
}
