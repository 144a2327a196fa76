import CNBCore
import Console
import JSON
import OCI
import PlatformModel

extension RebasePhase {
    /// Makes sure that the app can run on the new run image, as far as images tell.
    ///
    /// - Parameters:
    ///   - appImage: The image to rebase.
    ///   - runImage: The new run image.
    /// - Throws: `ExportError` with what does not fit; where the user forces it, targets that do not fit are warnings.
    func validate(_ appImage: any StoredImage, with runImage: any StoredImage) throws(ExportError) {
        // The rules are those of the Platform API that the image was built with, which may be older or newer than those
        // that we support.
        let variable = appImage.config.container.environmentValue(EnvironmentName.platformAPI) ?? ""
        let isForTargets = try wrapping("failed to get app image platform API") {
            variable.isEmpty ? false : PlatformFeature.targetData.availability.contains(try APIVersion(variable))
        }
        if isForTargets {
            try validateTarget(appImage, with: runImage)
        } else {
            try validateStack(appImage, with: runImage)
            try validateMixins(appImage, with: runImage)
        }
    }

    // MARK: Targets

    private func validateTarget(_ appImage: any StoredImage, with runImage: any StoredImage) throws(ExportError) {
        if appImage.config.container.labels[RebasableLabel.name] == "false" {
            try refuse("app image is not marked as rebasable")
        }
        let (old, new) = (RunImageTarget(of: appImage), RunImageTarget(of: runImage))
        if !new.target.acceptsRebase(ofApp: old.target) {
            try refuse(
                "unable to satisfy target os/arch constraints; new run image: \(new.text), old run image: \(old.text)"
            )
        }
    }

    /// Fails, or only warns where the user forces the rebase.
    private func refuse(_ reason: String) throws(ExportError) {
        guard isForced else { throw ExportError("\(reason); \(Self.forceHint)") }
        logger.warn(reason)
    }

    // MARK: Stacks

    private func validateStack(_ appImage: any StoredImage, with runImage: any StoredImage) throws(ExportError) {
        let label = "io.buildpacks.stack.id"
        let old = appImage.config.container.labels[label] ?? ""
        let new = runImage.config.container.labels[label] ?? ""
        guard !old.isEmpty else { throw ExportError("stack not defined on app image") }
        guard !new.isEmpty else { throw ExportError("stack not defined on new base image") }
        guard old == new else { throw ExportError("incompatible stack: '\(new)' is not compatible with '\(old)'") }
    }

    private func validateMixins(_ appImage: any StoredImage, with runImage: any StoredImage) throws(ExportError) {
        let old = try mixins(of: appImage, "app image")
        let new = try mixins(of: runImage, "run image")
        let missing = Set(old).subtracting(new).sorted()
        guard missing.isEmpty else {
            throw ExportError("missing required mixin(s): \(missing.joined(separator: ", "))")
        }
    }

    /// The mixins of an image, without saying for which stage they are.
    private func mixins(of image: any StoredImage, _ role: String) throws(ExportError) -> [String] {
        let label = "io.buildpacks.stack.mixins"
        guard let text = image.config.container.labels[label], !text.isEmpty else { return [] }
        let value = try wrapping("get \(role) mixins: failed to unmarshal context of label '\(label)'") {
            try JSONParser.parse(text, source: label, duplicateKeys: .lastWins)
        }
        guard let elements = value.isNull ? [] : value.arrayValue, elements.allSatisfy({ $0.stringValue != nil }) else {
            throw ExportError("get \(role) mixins: failed to unmarshal context of label '\(label)'")
        }
        return elements.compactMap(\.stringValue).map { mixin in
            for stage in ["build:", "run:"] where mixin.hasPrefix(stage) { return String(mixin.dropFirst(stage.count)) }
            return mixin
        }
    }
}

extension RunImageTarget {
    /// What an image's config and labels say that it is for.
    init(of image: any StoredImage) {
        let platform = image.config.platform
        let labels = image.config.container.labels
        self.init(
            id: labels["io.buildpacks.base.id"] ?? "",
            os: platform.os,
            arch: platform.architecture,
            variant: platform.variant
        )
        let name = labels["io.buildpacks.base.distro.name"]
        let version = labels["io.buildpacks.base.distro.version"]
        if name != nil || version != nil { distribution = Distribution(name: name ?? "", version: version ?? "") }
    }

    /// The target for messages.
    fileprivate var text: String {
        var object = JSONObject()
        if !id.isEmpty { object["id"] = .string(id) }
        object["os"] = .string(os)
        object["arch"] = .string(arch)
        if !variant.isEmpty { object["arch-variant"] = .string(variant) }
        if let distribution {
            object["distro"] = ["name": .string(distribution.name), "version": .string(distribution.version)]
        }
        return JSONWriter.string(.object(object))
    }
}

extension RunImageNames {
    /// The names for messages.
    var labelText: String { JSONWriter.string(.object(labelObject([:]))) }

    fileprivate func labelObject(_ start: JSONObject) -> JSONObject {
        var object = start
        if !image.isEmpty { object["image"] = .string(image) }
        if !mirrors.isEmpty { object["mirrors"] = .array(mirrors.map(JSONValue.string)) }
        return object
    }
}

extension RunImageRecord {
    /// The record for messages.
    var labelText: String {
        let start: JSONObject = ["topLayer": .string(topLayer.text), "reference": .string(reference)]
        return JSONWriter.string(.object(names.labelObject(start)))
    }
}
