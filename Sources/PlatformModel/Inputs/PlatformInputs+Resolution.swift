public import CNBCore
import OCI
import POSIX

/// A message for people that comes up while inputs are resolved.
public enum ResolutionNotice: Sendable, Equatable {
    /// For information.
    case info(String)
    /// Something looks wrong.
    case warning(String)
}

/// What is known about an image before it is used.
public enum ImageAccess: Sendable {
    /// It is there.
    case readable
    /// Its registry answers, but has no such image.
    case missing
    /// Its registry refuses to answer, or can't be reached.
    case inaccessible
}

/// What resolving the inputs of a phase needs from outside.
public struct ResolutionContext {
    /// The Platform API.
    public var platformAPI: PlatformAPI
    /// Looks whether a run image can be read; mirrors that can't be are passed over.
    public var access: (String) -> ImageAccess
    /// Takes notices in the order in which they arise.
    public var notify: (ResolutionNotice) -> Void
    /// The value of `CNB_RUN_IMAGE`: where `-run-image` isn't supported, that variable is ignored all the same.
    public var runImageVariable: String

    public init(
        platformAPI: PlatformAPI,
        runImageVariable: String,
        access: @escaping (String) -> ImageAccess,
        notify: @escaping (ResolutionNotice) -> Void
    ) {
        self.platformAPI = platformAPI
        self.runImageVariable = runImageVariable
        self.access = access
        self.notify = notify
    }
}

extension PlatformInputs {
    /// Checks the inputs of a phase and fills in what follows from others: paths below the layers directory, absolute
    /// directories, the previous image, the run image.
    ///
    /// - Parameters:
    ///   - phase: The phase that is to run.
    ///   - context: What is needed from outside.
    /// - Returns: The inputs to use.
    /// - Throws: When inputs are missing or contradict each other.
    public func resolved(
        for phase: LifecyclePhase,
        _ context: ResolutionContext
    ) throws(PlatformModelError) -> ResolvedInputs {
        var inputs = try completed()
        switch phase {
        case .build, .detect, .extend: break
        case .restore: warnAboutMissingCache(context)
        case .analyze:
            try requireOutputImage()
            inputs.previousImage = previousImageOfBuild
            inputs.runImage = try inputs.runImageOfBuild(context)
            warnAboutLaunchCache(context)
            try inputs.checkReferences()
            warnAboutParallelExport(context)
        case .create:
            try requireOutputImage()
            inputs.previousImage = previousImageOfBuild
            let deprecated = try deprecatedName(context)
            inputs.runImage = if let deprecated { deprecated } else { try inputs.runImageOfBuild(context) }
            warnAboutMissingCache(context)
            warnAboutLaunchCache(context)
            try inputs.checkReferences()
            warnAboutParallelExport(context)
        case .export: return try resolvedForExport(context).inputs
        case .rebase:
            try requireOutputImage()
            inputs.runImage = try deprecatedName(context) ?? inputs.runImage
            try inputs.checkReferences()
        }
        return inputs
    }

    /// Checks the inputs of the exporter, which uses the run image that the analyzer found, and no other.
    ///
    /// - Parameter context: What is needed from outside.
    /// - Returns: The inputs to use, and what analyzed.toml says.
    /// - Throws: When inputs are missing or contradict each other, or analyzed.toml names no run image.
    public func resolvedForExport(_ context: ResolutionContext) throws(PlatformModelError) -> ResolvedExportInputs {
        var inputs = try completed()
        try requireOutputImage()
        guard runImage.isEmpty || runImage == context.runImageVariable else {
            throw .input("-run-image is unsupported")
        }
        guard deprecatedRunImage.isEmpty else { throw .input("-image is unsupported") }
        let path = inputs.analyzedPath
        let analysis = try AnalysisMetadata.read(path)
        if analysis == nil { context.notify(.warning("No analyzed metadata found at path \"\(path)\"")) }
        guard let analysis, let reference = analysis.runImage?.reference, !reference.isEmpty else {
            throw .missingRunImage
        }
        warnAboutMissingCache(context)
        warnAboutLaunchCache(context)
        inputs.runImage = reference
        try inputs.checkReferences()
        return ResolvedExportInputs(inputs: inputs, analysis: analysis)
    }

    private func completed() throws(PlatformModelError) -> ResolvedInputs {
        var inputs = self
        inputs.resolvePlaceholders()
        try inputs.makeDirectoriesAbsolute()
        return ResolvedInputs(
            completed: inputs,
            runImage: runImage.isEmpty ? nil : runImage,
            previousImage: previousImage.isEmpty ? nil : previousImage
        )
    }

    // MARK: Paths

    /// Puts the layers directory in place of the placeholder; an order.toml that isn't there gives way to the builder's.
    private mutating func resolvePlaceholders() {
        let placeholder = PlatformInput.layersPlaceholder
        let isDefaultOrder = orderPath == "\(placeholder)/order.toml"
        let paths: [WritableKeyPath<PlatformInputs, String>] = [
            \.analyzedPath, \.extendedDir, \.generatedDir, \.groupPath, \.orderPath, \.planPath,
            \.projectMetadataPath, \.reportPath,
        ]
        for path in paths {
            guard self[keyPath: path].hasPrefix(placeholder) else { continue }
            let below = self[keyPath: path].dropFirst(placeholder.count)
            // Without a layers directory, files are in the working directory, not in the root.
            self[keyPath: path] = layersDir.isEmpty ? String(below.drop { $0 == "/" }) : layersDir + below
        }
        if isDefaultOrder && !FileSystem.exists(orderPath) { orderPath = "/cnb/order.toml" }
    }

    private mutating func makeDirectoriesAbsolute() throws(PlatformModelError) {
        let paths: [WritableKeyPath<PlatformInputs, String>] = [
            \.appDir, \.buildConfigDir, \.buildpacksDir, \.cacheDir, \.extensionsDir, \.generatedDir, \.kanikoDir,
            \.launchCacheDir, \.layersDir, \.platformDir,
        ]
        do {
            // What has to be a directory is the working directory where the platform names none.
            for path in [\PlatformInputs.appDir, \.layersDir] where self[keyPath: path].isEmpty {
                self[keyPath: path] = "."
            }
            for path in paths where !self[keyPath: path].isEmpty {
                self[keyPath: path] = try Path.absolute(self[keyPath: path])
            }
            // Resolved once for all phases: an archive of a link would hold nothing but the link.
            for path in paths + [\.layoutDir]
            where (try? FileSystem.linkStatus(self[keyPath: path]))?.isSymlink ?? false
                && FileSystem.isDirectory(self[keyPath: path])
            {
                self[keyPath: path] = try FileSystem.realPath(self[keyPath: path])
            }
        } catch {
            throw .input("\(error)")
        }
    }

    // MARK: Images

    private func requireOutputImage() throws(PlatformModelError) {
        if outputImage.isEmpty { throw .input("image argument is required") }
    }

    /// The previous image of a build: the app image, unless the platform names another.
    private var previousImageOfBuild: String { previousImage.isEmpty ? outputImage : previousImage }

    /// The run image by its old flag; `nil` where that is not given.
    private func deprecatedName(_ context: ResolutionContext) throws(PlatformModelError) -> String? {
        guard !deprecatedRunImage.isEmpty else { return nil }
        guard runImage == context.runImageVariable else {
            throw .input("supply only one of -run-image or (deprecated) -image")
        }
        return deprecatedRunImage
    }

    fileprivate static func reference(_ text: String) throws(PlatformModelError) -> ImageReference {
        do {
            return try ImageReference(text)
        } catch .invalidReference(_, let reason) {
            throw .input("could not parse reference: \(text): \(reason)")
        } catch {
            throw .input("could not parse reference: \(text): \(error)")
        }
    }

    // MARK: Warnings

    private func warnAboutMissingCache(_ context: ResolutionContext) {
        guard cacheImage.isEmpty && cacheDir.isEmpty && cacheFrom.isEmpty else { return }
        context.notify(.warning("No cached data will be used, no cache specified."))
    }

    private func warnAboutLaunchCache(_ context: ResolutionContext) {
        guard !useDaemon && !launchCacheDir.isEmpty else { return }
        context.notify(.warning("Ignoring -launch-cache, only intended for use with -daemon"))
    }

    private func warnAboutParallelExport(_ context: ResolutionContext) {
        guard parallelExport && cacheImage.isEmpty && cacheDir.isEmpty else { return }
        context.notify(
            .warning(
                "Parallel export has been enabled, but it has not taken effect because no cache has been specified."
            )
        )
    }
}

extension ResolvedInputs {
    fileprivate func checkReferences() throws(PlatformModelError) {
        for image in images {
            // What analyzed.toml calls an image of a layout is its path and digest, which need not look like a reference:
            // registries have ports.
            if self.useLayout, !self.layoutDir.isEmpty, Path.isBelow(image, self.layoutDir) { continue }
            _ = try PlatformInputs.reference(image)
        }
        guard !self.useDaemon else { return }
        var registries: Set<String> = []
        for image in self.destinationImages { registries.insert(try PlatformInputs.reference(image).registry) }
        if registries.count > 1 { throw .input("writing to multiple registries is unsupported") }
    }

    /// The run image that the platform names, or else the best of those that run.toml or stack.toml name.
    fileprivate func runImageOfBuild(_ context: ResolutionContext) throws(PlatformModelError) -> String {
        if let runImage { return runImage }
        let registry = try PlatformInputs.reference(self.outputImage).registry
        let names: RunImageNames
        if context.platformAPI.supports(.runTOML) {
            let run = try RunTOML.read(self.runPath)
            if run == nil { context.notify(.info("No run metadata found at path \"\(self.runPath)\"")) }
            guard let first = run?.images.first else {
                throw .input("-run-image is required when there is no run metadata available")
            }
            names = first
        } else {
            let stack = try StackTOML.read(self.stackPath)
            if stack == nil { context.notify(.info("No stack metadata found at path \"\(self.stackPath)\"")) }
            names = stack?.runImage ?? RunImageNames()
        }
        return try names.best(for: registry, access: context.access)
    }
}

extension RunImageNames {
    /// The name to use for an app image in a registry: one in the same registry before others, one that is there before
    /// one that is missing, and then the first.
    ///
    /// A missing image is returned rather than refused: the phases that open it say more clearly what is wrong.
    ///
    /// - Parameters:
    ///   - registry: The app image's registry.
    ///   - access: Looks whether an image can be read.
    /// - Returns: The image or one of its mirrors.
    /// - Throws: When there is no name, or all are inaccessible.
    public func best(for registry: String, access: (String) -> ImageAccess) throws(PlatformModelError) -> String {
        guard !image.isEmpty else { throw .input("missing run image metadata (-run-image)") }
        let isNeighbour = { (name: String) in (try? ImageReference(name))?.registry == registry }
        var missing: String?
        for name in all.filter(isNeighbour) + all.filter({ !isNeighbour($0) }) {
            switch access(name) {
            case .readable: return name
            case .missing: missing = missing ?? name
            case .inaccessible: continue
            }
        }
        guard let missing else { throw .input("failed to find accessible run image") }
        return missing
    }

    /// Whether the image or one of its mirrors has this name; digests don't count, a missing tag is `latest`.
    public func contains(_ reference: String) -> Bool {
        let wanted = Self.normalized(reference)
        return Self.normalized(image) == wanted || mirrors.contains { Self.normalized($0) == wanted }
    }

    /// The full name of an image without its digest; what is no image reference stays as it is.
    private static func normalized(_ text: String) -> String {
        let at = text.firstIndex(of: "@") ?? text.endIndex
        let name = text[at...].hasPrefix("@sha256:") ? String(text[..<at]) : text
        return (try? ImageReference(name))?.name ?? text
    }
}
