import Synchronization

/// Connections that wait for their next exchange, by what they are connected to.
final class HTTPConnectionPool: Sendable {
    /// What a connection is good for: an origin, reached directly or through a proxy.
    struct Route: Hashable {
        let origin: HTTPURL.Origin
        let proxy: HTTPURL?
    }

    private let idle = Mutex<[Route: [HTTPConnection]]>([:])
    private let maximumPerRoute: Int

    init(maximumPerRoute: Int) {
        self.maximumPerRoute = maximumPerRoute
    }

    /// Takes the connection that was used last and is still alive; that one is the least likely to time out.
    func take(_ route: Route) -> HTTPConnection? {
        while let connection = idle.withLock({ $0[route]?.popLast() }) {
            if connection.isReusable { return connection }
            connection.close()
        }
        return nil
    }

    func giveBack(_ connection: HTTPConnection, for route: Route) {
        let isKept = idle.withLock { idle in
            guard idle[route, default: []].count < maximumPerRoute else { return false }
            idle[route, default: []].append(connection)
            return true
        }
        if !isKept { connection.close() }
    }

    func closeAll() {
        let connections = idle.withLock { idle in
            defer { idle = [:] }
            return idle.values.flatMap { $0 }
        }
        for connection in connections { connection.close() }
    }
}
