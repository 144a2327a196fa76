/// Colours and weights of text at terminals, as escape sequences.
enum TextStyle: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31;1"
    case green = "32"
    case yellow = "33;1"
    case cyan = "36"

    /// Puts the style around a text.
    func paint(_ text: String) -> String {
        "\u{1b}[\(rawValue)m\(text)\u{1b}[0m"
    }
}
