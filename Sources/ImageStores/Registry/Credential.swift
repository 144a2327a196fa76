/// What proves to a registry who we are.
///
/// A credential has no description: whatever is printed or logged by mistake shows no secret.
public enum Credential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// User and password, joined by a colon and encoded in Base64, as the `Basic` scheme sends them.
    case basic(String)
    /// A token that the registry itself takes, sent as `Bearer`.
    case registryToken(String)
    /// A refresh token that a token server exchanges for registry tokens.
    case identityToken(String)

    /// Which kind it is; never what it holds.
    public var description: String {
        switch self {
        case .basic: "user and password"
        case .registryToken: "registry token"
        case .identityToken: "identity token"
        }
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A credential, and the place it is from as messages name it.
public struct SourcedCredential: Hashable, Sendable {
    /// The credential.
    public let credential: Credential
    /// A variable's name, a file's path or a helper's name.
    public let source: String
}
