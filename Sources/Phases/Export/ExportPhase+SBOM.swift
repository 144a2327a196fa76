import BuildpackModel
import CNBCore
import Console
import POSIX
import PlatformModel

extension ExportPhase {
    /// Copies the SBOM files of lifecycle and launcher to those of the build and the app image.
    func copyLifecycleSBOMs() throws(ExportError) {
        guard platformAPI.supports(.launcherSBOM) else { return }
        let name = "buildpacksio_lifecycle"
        let buildDir = Path.join(layersDir, "sbom", SBOMDirectory.build.rawValue, name)
        let launchDir = Path.join(layersDir, "sbom", SBOMDirectory.launch.rawValue, name, "launcher")
        let customDir = inputs.platform.launcherSBOMDir
        try wrapping("failed to copy buildpacksio SBOMs") {
            try copyDefaultSBOMs(of: "lifecycle", to: buildDir)
            if customDir.isEmpty || customDir == DefaultPath.lifecycleDir {
                try copyDefaultSBOMs(of: "launcher", to: launchDir)
            } else {
                try copyCustomSBOMs(from: customDir, to: launchDir)
            }
        }
    }

    /// Copies `<component>.sbom.*` from where a builder has them.
    private func copyDefaultSBOMs(of component: String, to directory: String) throws(POSIXError) {
        for format in SBOMFormat.allCases.byLifecycleOrder {
            let name = "\(component).\(format.fileName)"
            let source = Path.join(DefaultPath.lifecycleDir, name)
            do {
                _ = try FileSystem.status(source)
            } catch {
                guard error.errno == .noSuchFile else { throw error }
                logger.warn("Did not find SBOM \(name) in \(DefaultPath.lifecycleDir)")
                continue
            }
            try FileSystem.makeDirectories(directory, mode: 0o777)
            let target = Path.join(directory, format.fileName)
            logger.debug("Copying SBOM \(name) to \(target)")
            try PlainCopy.copy(source, to: target)
        }
    }

    /// Copies everything that is named like an SBOM file from a directory that the platform has chosen.
    private func copyCustomSBOMs(from source: String, to directory: String) throws(POSIXError) {
        let entries: [DirectoryEntry]
        do {
            entries = try FileSystem.list(source)
        } catch {
            logger.warn("Failed to list contents of directory \(source)")
            throw error
        }
        try FileSystem.makeDirectories(directory, mode: 0o755)
        for entry in entries where entry.type != .directory && Self.isSBOMName(entry.name) {
            let target = Path.join(directory, entry.name)
            do {
                try PlainCopy.copy(Path.join(source, entry.name), to: target)
            } catch {
                logger.warn("failed while copying SBOM from \(Path.join(source, entry.name)) to \(target)")
                throw error
            }
        }
    }

    private static func isSBOMName(_ name: String) -> Bool {
        SBOMFormat.allCases.contains { name.hasSuffix($0.fileName) }
    }
}

extension [SBOMFormat] {
    /// CycloneDX, SPDX, Syft: the order in which messages about missing files come.
    fileprivate var byLifecycleOrder: [SBOMFormat] { sorted { $0.fileName < $1.fileName } }
}
