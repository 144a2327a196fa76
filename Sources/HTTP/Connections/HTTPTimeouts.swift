/// How long to wait for a peer, in seconds.
public struct HTTPTimeouts: Hashable, Sendable {
    /// For a connection to come about.
    public var connect: Int
    /// For the next byte to arrive or to be taken.
    public var silence: Int

    public init(connect: Int = 30, silence: Int = 60) {
        self.connect = connect
        self.silence = silence
    }
}
