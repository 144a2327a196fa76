import Builds

/// What a build has made, for people and for programs.
struct BuildSummary: Sendable {
    /// What was made.
    let result: BuildResult

    // MARK: - For people

    /// A table of what somebody may want to know, and what to do next.
    /// - Parameter usesColor: Whether there are colours.
    /// - Returns: The text; it ends with a line end.
    func text(usesColor: Bool) -> String {
        var text = ""
        for (name, value) in rows where !value.isEmpty {
            let label = name + String(repeating: " ", count: max(1, 12 - name.count))
            text += (usesColor ? TextStyle.dim.paint(label) : label) + value + "\n"
        }
        guard let next else { return text }
        return text + "\nnext: " + (usesColor ? TextStyle.bold.paint(next) : next) + "\n"
    }

    private var rows: [(name: String, value: String)] {
        [
            ("image", result.tags.joined(separator: ", ")),
            ("digest", result.digest),
            ("size", size),
            ("in", result.outputs.joined(separator: ", ")),
            ("builder", result.builder),
            ("run image", result.runImage),
            ("buildpacks", result.buildpacks.joined(separator: ", ")),
            ("restored", result.restoredLayers.joined(separator: ", ")),
            ("processes", result.processes.joined(separator: ", ")),
            ("isolation", result.isolation),
            ("time", Amounts.time(nanoseconds: result.nanoseconds)),
        ]
    }

    private var size: String {
        let total = result.reusedLayers + result.newLayers
        let layers = total == 0 ? "" : " (\(result.reusedLayers) of \(Amounts.count(total, "app layer")) reused)"
        return Amounts.size(result.size) + layers
    }

    /// The command that makes use of the image, depending on where it went.
    private var next: String? {
        guard let output = result.outputs.first, let tag = result.tags.first else { return nil }
        let parts = output.split(separator: ":", maxSplits: 1).map(String.init)
        let place = parts.count > 1 ? parts[1] : ""
        return switch parts.first {
        case "store": "slipway run \(tag)"
        case "registry": "docker run --rm -p 8080:8080 -e PORT=8080 \(result.reference)"
        case "docker-daemon": "docker run --rm -p 8080:8080 -e PORT=8080 \(tag)"
        case "docker-archive": "docker load --input \(place)"
        case "oci", "oci-archive": "skopeo copy \(output) docker://\(tag)"
        default: nil
        }
    }
}
