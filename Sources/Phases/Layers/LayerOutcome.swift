import Console
import POSIX
import PlatformModel

/// What became of a layer in a phase, and why.
struct LayerOutcome: CustomStringConvertible {
    /// What can become of a layer.
    enum Kind: String {
        /// It is there again, or its metadata is.
        case restored
        /// It was taken over without being written again.
        case reused
        /// It was written.
        case rebuilt
        /// It is gone.
        case dropped
    }

    /// Where it happened.
    enum Place: String {
        /// In the layers directory, for the build to come.
        case build
        /// In the app image.
        case image
        /// In the cache.
        case cache
    }

    /// What messages call the layer, such as `<buildpack>:<layer>`.
    let layer: String
    let kind: Kind
    let place: Place
    let reason: String
    /// The length of the layer's tar, where its contents were looked at.
    var bytes: Int64 = 0
    var milliseconds: Int64 = 0

    var description: String {
        "Layer '\(layer)' \(kind.rawValue) (\(place.rawValue)): \(reason); \(bytes) bytes, \(milliseconds) ms"
    }
}

/// Measures how long work on a layer takes.
struct Stopwatch {
    private let start = Clock.monotonicNanoseconds

    var milliseconds: Int64 { (Clock.monotonicNanoseconds &- start) / 1_000_000 }
}

extension Logger {
    private var outcomeLevel: LogLevel { format == .json ? .info : .debug }

    /// Logs what became of a layer: at debug level as text, at info level as JSON, which programs read.
    func log(_ outcome: @autoclosure () -> LayerOutcome) {
        guard isEnabled(outcomeLevel) else { return }
        let outcome = outcome()
        log(
            outcomeLevel,
            outcome.description,
            fields: [
                "layer": .text(outcome.layer),
                "outcome": .text(outcome.kind.rawValue),
                "place": .text(outcome.place.rawValue),
                "reason": .text(outcome.reason),
                "bytes": .number(outcome.bytes),
                "milliseconds": .number(outcome.milliseconds),
            ]
        )
    }

    /// Logs which layers were there before and are not any more.
    func logDropped(
        _ old: [BuildpackLayers],
        keeping new: [BuildpackLayers],
        from place: LayerOutcome.Place,
        absent: AbsentBuildpacks
    ) {
        guard isEnabled(outcomeLevel) else { return }
        for buildpack in old where !buildpack.layers.isEmpty {
            let kept = new.first { $0.id == buildpack.id }
            let reason = kept == nil ? absent.reason(buildpack.id) : "its buildpack did not ask for it"
            for name in buildpack.layers.keys.sorted() where kept?.layers[name] == nil {
                log(LayerOutcome(layer: "\(buildpack.id):\(name)", kind: .dropped, place: place, reason: reason))
            }
        }
    }
}
