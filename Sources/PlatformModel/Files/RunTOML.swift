/// run.toml: the run images that the platform offers, from Platform API 0.12.
public struct RunTOML: Sendable, Equatable {
    /// The images, the preferred one first.
    public var images: [RunImageNames]

    public init(images: [RunImageNames] = []) {
        self.images = images
    }
}

/// stack.toml: the run image of the stack, before Platform API 0.12.
public struct StackTOML: Sendable, Equatable {
    /// The run image.
    public var runImage: RunImageNames

    public init(runImage: RunImageNames = RunImageNames()) {
        self.runImage = runImage
    }
}
