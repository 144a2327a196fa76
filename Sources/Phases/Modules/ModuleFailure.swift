import BuildpackModel
import PlatformModel

extension PhaseError {
    /// Makes an error that reads "failed to `action`: `cause`" and shows the place in a TOML file where there is one.
    init(_ kind: PhaseErrorKind, failedTo action: String, _ error: BuildpackModelError) {
        self.init(kind, "failed to \(action): \(error)", excerpt: error.excerpt)
    }

    /// Makes an error of a file between platform and lifecycle; `context` goes before the cause, which stands alone.
    init(_ kind: PhaseErrorKind, in context: String = "", _ error: PlatformModelError) {
        self.init(kind, context + error.description, excerpt: error.excerpt)
    }
}
