public import CNBCore

/// The lifecycle that a builder has, as its label describes it.
public struct BuilderLifecycle: Equatable, Sendable {
    /// The version, as in `0.20.11`; empty when not known.
    public var version: String
    /// The versions of the Buildpack API that it takes, ascending; deprecated ones are among them.
    public var buildpackAPIs: [APIVersion]
    /// The versions of the Platform API that it takes, ascending; deprecated ones are among them.
    public var platformAPIs: [APIVersion]

    public init(version: String = "", buildpackAPIs: [APIVersion] = [], platformAPIs: [APIVersion] = []) {
        (self.version, self.buildpackAPIs, self.platformAPIs) = (version, buildpackAPIs, platformAPIs)
    }

    /// Reads the label's object; nil is a lifecycle that nothing is known of.
    init(_ fields: LabelFields?) throws(DistributionError) {
        self.init()
        guard let fields else { return }
        version = try fields.text("version")
        buildpackAPIs = try Self.versions("buildpack", fields)
        platformAPIs = try Self.versions("platform", fields)
    }

    /// The versions of one API: those of `apis`, or the one in `api` that old builders have.
    private static func versions(_ key: String, _ fields: LabelFields) throws(DistributionError) -> [APIVersion] {
        var found: Set<APIVersion> = []
        if let lists = try fields.fields("apis")?.fields(key) {
            for list in ["deprecated", "supported"] {
                for text in try lists.texts(list) { found.insert(try version(text, list, lists)) }
            }
        }
        if found.isEmpty, let single = try fields.fields("api") {
            let text = try single.text(key)
            if !text.isEmpty { found.insert(try version(text, key, single)) }
        }
        return found.sorted()
    }

    private static func version(
        _ text: String,
        _ key: String,
        _ fields: LabelFields
    ) throws(DistributionError) -> APIVersion {
        do {
            return try APIVersion(text)
        } catch {
            throw fields.error(key, error.description)
        }
    }
}
