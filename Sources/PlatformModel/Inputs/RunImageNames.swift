/// A run image by its name and the mirrors it can be had from, as in run.toml, stack.toml and the labels of app images.
public struct RunImageNames: Sendable, Equatable {
    /// The image's own name.
    public var image: String

    /// Other places with the same image, in order of preference.
    public var mirrors: [String]

    public init(image: String = "", mirrors: [String] = []) {
        self.image = image
        self.mirrors = mirrors
    }

    /// The image and its mirrors.
    public var all: [String] { image.isEmpty ? mirrors : [image] + mirrors }
}
