/// The label by which an image says whether its layers fit newer run images.
///
/// See [platform.md](https://github.com/buildpacks/spec/blob/main/platform.md#iobuildpacksrebasable-optional).
public enum RebasableLabel {
    /// The label's key.
    public static let name = "io.buildpacks.rebasable"
}
