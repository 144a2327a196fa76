import CPOSIX
import Glibc

extension Socket {
    /// Connects to a host, trying all of its addresses in turn.
    /// - Parameters:
    ///   - host: A name or a numeric address, without brackets.
    ///   - port: The port.
    ///   - timeout: How long to wait for all addresses together, in milliseconds; nil for as long as the system does.
    /// - Returns: The connection.
    /// - Throws: `noRoute` for an unknown name, `timedOut`, or what the system says about the last address.
    public static func connectTCP(host: String, port: UInt16, timeout: Int? = nil) throws(POSIXError) -> Socket {
        let deadline = timeout.map { Clock.monotonicNanoseconds &+ Int64($0) &* 1_000_000 }
        let addresses = try NetworkAddress.resolve(host: host, port: port)
        var failure = POSIXError(.noRoute, "dial tcp", "\(host):\(port)")
        for address in addresses {
            let rest = deadline.map { max(0, Int(($0 &- Clock.monotonicNanoseconds) / 1_000_000)) }
            do {
                return try connect(to: address, network: "tcp", timeout: rest)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Connects to a socket in the file system.
    /// - Parameters:
    ///   - path: The socket's path, at most 107 bytes.
    ///   - timeout: How long to wait, in milliseconds; nil for as long as the system does.
    /// - Returns: The connection.
    /// - Throws: When nobody listens there.
    public static func connectUnix(path: String, timeout: Int? = nil) throws(POSIXError) -> Socket {
        try connect(to: try NetworkAddress(unixPath: path), network: "unix", timeout: timeout)
    }

    private static func connect(
        to address: NetworkAddress,
        network: String,
        timeout: Int?
    ) throws(POSIXError) -> Socket {
        let operation = "dial \(network)"
        func failure(_ error: Errno, _ step: String) -> POSIXError {
            POSIXError(error, operation, "\(address.text): \(step)")
        }
        let descriptor = try address.makeSocket(operation)
        // Owned from here on, and non-blocking.
        let socket = Socket(taking: descriptor, peer: "\(network) \(address.text)")
        guard address.withPointer({ Glibc.connect(descriptor.rawValue, $0, $1) }) != 0 else { return socket }
        let error = Errno.current
        // An interrupted attempt goes on in the background, like one that cannot finish at once.
        guard error.rawValue == EINPROGRESS || error == .interrupted else { throw failure(error, "connect") }
        guard try pollOnce(descriptor, Int16(POLLOUT), milliseconds: timeout) else {
            throw POSIXError(.timedOut, operation, address.text, explanation: "i/o timeout")
        }
        var result: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor.rawValue, SOL_SOCKET, SO_ERROR, &result, &size)
        guard result == 0 else { throw failure(Errno(rawValue: result), "connect") }
        return socket
    }
}

/// Where a socket is or leads to.
struct NetworkAddress {
    /// The address as the kernel wants it.
    private var bytes: [UInt8]
    /// The address for people, such as `[::1]:80`.
    var text: String
    private var family: Int32

    /// Takes a result of name resolution.
    init?(_ information: addrinfo) {
        guard let address = information.ai_addr else { return nil }
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(information.ai_addrlen)))
        family = information.ai_family
        text = Self.describe(address, information.ai_addrlen)
    }

    /// Makes the address of a socket in the file system.
    init(unixPath path: String) throws(POSIXError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path), !name.contains(0) else {
            throw POSIXError(.nameTooLong, "dial unix", path)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        bytes = withUnsafeBytes(of: address) { Array($0) }
        family = AF_UNIX
        text = path
    }

    /// All addresses of a host, in the order in which they should be tried.
    static func resolve(host: String, port: UInt16) throws(POSIXError) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let error = getaddrinfo(host, String(port), &hints, &list)
        guard error == 0 else {
            let isSystemError = error == EAI_SYSTEM
            let reason = isSystemError ? Errno.current.description : "no such host"
            throw POSIXError(.noRoute, "dial tcp: lookup", host, explanation: reason)
        }
        defer { freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var next = list
        while let information = next?.pointee {
            if let address = NetworkAddress(information) { addresses.append(address) }
            next = information.ai_next
        }
        return addresses
    }

    func makeSocket(_ operation: String) throws(POSIXError) -> FileDescriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = try systemCall(operation, text) { socket(family, type, 0) }
        if family != AF_UNIX {
            // Requests are written whole; waiting for more to send would only delay them.
            var yes: Int32 = 1
            setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        return FileDescriptor(rawValue: number)
    }

    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return -1 }
            return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
        }
    }

    private static func describe(_ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> String {
        var host = [CChar](repeating: 0, count: 256)
        var port = [CChar](repeating: 0, count: 32)
        let flags = NI_NUMERICHOST | NI_NUMERICSERV
        guard getnameinfo(address, size, &host, 256, &port, 32, flags) == 0 else { return "?" }
        let text = { (characters: [CChar]) in
            String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let name = text(host)
        return name.contains(":") ? "[\(name)]:\(text(port))" : "\(name):\(text(port))"
    }
}
