import BuildpackModel
import PlatformModel

extension PhaseError {
    /// Makes an error that reads "failed to `action`: `cause`" and shows the place in a TOML file where there is one.
    init(_ kind: PhaseErrorKind, failedTo action: String, _ error: BuildpackModelError) {
        self.init(kind, "failed to \(action): \(error)", excerpt: error.excerpt)
    }
}

extension BuildpackModelError: PlacedError {}

extension PlatformModelError: PlacedError {}
