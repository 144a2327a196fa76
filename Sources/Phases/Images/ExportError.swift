/// Why the app image cannot be made; what the phase was doing is added on the way up.
struct ExportError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    init(_ action: String, _ cause: some CustomStringConvertible) {
        description = "\(action): \(cause)"
    }
}
