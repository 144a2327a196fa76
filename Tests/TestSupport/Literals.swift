public import CNBCore

extension BuildpackID: ExpressibleByStringLiteral {
    /// The id that a test names, which has to be a good one.
    public init(stringLiteral text: String) {
        do { try self.init(text) } catch { fatalError("\(error)") }
    }
}

extension BuildpackVersion: ExpressibleByStringLiteral {
    /// The version that a test names, which has to be a good one.
    public init(stringLiteral text: String) {
        do { try self.init(text) } catch { fatalError("\(error)") }
    }
}
