/// The release that the programs of this package belong to.
public enum Release {
    /// The version number.
    public static let number = "0.1.0"
    /// The commit that was built; empty when not known.
    public static let commit = ""

    /// The number, and the commit where one is known.
    public static var text: String { commit.isEmpty ? number : "\(number)+\(commit)" }
}
