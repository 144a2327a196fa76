/// What phases do in some versions of the Platform API only.
///
/// ``availability`` is the table, for 0.7 to 0.15. Which flags and variables a version has stands with them, in
/// `PlatformInput`.
public enum PlatformFeature: Hashable, CaseIterable, Sendable {
    /// SBOM files are copied, exported, cached and restored.
    case sbomFiles

    /// The legacy bill of materials goes to `sbom.legacy.json` files, no longer to labels and report.toml.
    case legacyBOMFiles
    /// `SOURCE_DATE_EPOCH` sets the creation time of the app image.
    case sourceDateEpoch

    /// Process commands in metadata.toml are arrays, and a buildpack's API decides what user arguments do.
    case commandArrays
    /// The restorer takes `-build-image` and prepares the build image for extension.
    case buildImageExtension
    /// analyzed.toml is updated by the restorer when extensions have changed the run image.
    case restorerUpdatesAnalyzed
    /// The creator runs restore even when layers are skipped (`-skip-restore`).
    case restoreWhenSkippingLayers

    /// SBOM files of the launcher and lifecycle are exported: `-launcher-sbom`.
    case launcherSBOM

    /// Target data of images is read, written to analyzed.toml, matched by detect and passed to the builder.
    case targetData
    /// run.toml replaces stack.toml: `-run`.
    case runTOML
    /// Images are read from and written to OCI layouts: `-layout`, `-layout-dir`.
    case layout
    /// Run images are extended: `-kind`, `-extended`, and the exporter adds the extended layers.
    case runImageExtension
    /// A run image named by an extension counts as new only if it differs from the analyzed one.
    case runImageSwitchByName
    /// Layers of the app image have history entries that say what made them.
    case imageHistory
    /// The rebaser checks that it may rebase, and `-force` makes it.
    case forceRebase
    /// The lifecycle metadata label holds image and mirrors of the run image; rebase updates it.
    case runImageLabel
    /// `io.buildpacks.base.*` labels follow a rebase, besides `io.buildpacks.stack.*`.
    case baseLabels

    /// Registries reached over plain HTTP or with unverified certificates: `-insecure-registry`.
    case insecureRegistries
    /// `<generated>/<extension-id>/` holds Dockerfiles and context folders; before, `<generated>/{build,run}/<id>/`.
    case extensionContexts
    /// analyzed.toml says whether the build image is to be extended.
    case buildImageExtend
    /// Image extensions are experimental and guarded by `CNB_EXPERIMENTAL_MODE`.
    case experimentalExtensions

    /// The restorer takes `-run` and checks that the run image, or a mirror, is readable.
    case restorerRunImageCheck
    /// Launch layers that are cached get their metadata from the cache when the app image hasn't got it.
    case launchMetadataFromCache

    /// Execution environments: processes and modules are filtered, and the image is labelled.
    case executionEnvironments
    /// System buildpacks of system.toml take part in detection: `-system`.
    case systemBuildpacks

    /// The versions in which the feature applies.
    public var availability: APIAvailability {
        switch self {
        case .sbomFiles: .since(8)

        case .legacyBOMFiles: .since(9)
        case .sourceDateEpoch: .since(9)

        case .commandArrays: .since(10)
        case .buildImageExtension: .since(10)
        case .restorerUpdatesAnalyzed: .since(10)
        case .restoreWhenSkippingLayers: .since(10)

        case .launcherSBOM: .since(11)

        case .targetData: .since(12)
        case .runTOML: .since(12)
        case .layout: .since(12)
        case .runImageExtension: .since(12)
        case .runImageSwitchByName: .since(12)
        case .imageHistory: .since(12)
        case .forceRebase: .since(12)
        case .runImageLabel: .since(12)
        case .baseLabels: .since(12)

        case .insecureRegistries: .since(13)
        case .extensionContexts: .since(13)
        case .buildImageExtend: .since(13)
        case .experimentalExtensions: .until(13)

        case .restorerRunImageCheck: .since(14)
        case .launchMetadataFromCache: .since(14)

        case .executionEnvironments: .since(15)
        case .systemBuildpacks: .since(15)
        }
    }
}
