import CPOSIX
import Glibc

/// A socket that takes connections, closed when its last owner goes away.
public final class ListeningSocket: Sendable {
    /// The socket's descriptor, valid as long as this object.
    public let descriptor: FileDescriptor
    /// The port of a TCP socket, 0 for a Unix one.
    public let port: UInt16

    /// Listens for TCP connections from this machine.
    /// - Parameter port: The port; 0 for a free one, which ``port`` then names.
    /// - Throws: When the port is taken.
    public init(tcpPort port: UInt16 = 0) throws(POSIXError) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let display = "127.0.0.1:\(port)"
        let number = try systemCall("listen tcp", display) { socket(AF_INET, type, 0) }
        let owner = OwnedDescriptor(taking: FileDescriptor(rawValue: number))
        var yes: Int32 = 1
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        try systemCall("listen tcp", display) {
            withUnsafeBytes(of: &address) { bind(number, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, size) }
        }
        try systemCall("listen tcp", display) { listen(number, 128) }
        var actualSize = size
        try systemCall("listen tcp", display) {
            withUnsafeMutableBytes(of: &address) {
                getsockname(number, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, &actualSize)
            }
        }
        self.port = UInt16(bigEndian: address.sin_port)
        descriptor = owner.release()
    }

    /// Listens at a path in the file system.
    /// - Parameter path: The socket's path, at most 107 bytes, where nothing is yet.
    /// - Throws: When the path is taken or cannot be made.
    public init(unixPath path: String) throws(POSIXError) {
        let address = try NetworkAddress(unixPath: path)
        let owner = OwnedDescriptor(taking: try address.makeSocket("listen unix"))
        let number = owner.descriptor.rawValue
        try systemCall("listen unix", path) { address.withPointer { bind(number, $0, $1) } }
        try systemCall("listen unix", path) { listen(number, 128) }
        port = 0
        descriptor = owner.release()
    }

    deinit {
        descriptor.close()
    }

    /// Waits for a connection.
    /// - Returns: The connection.
    /// - Throws: When ``shutDown()`` has been called, or the system has no room.
    public func accept() throws(POSIXError) -> Socket {
        let number = try systemCall("accept") { Glibc.accept(descriptor.rawValue, nil, nil) }
        _ = cposix_fcntl(number, F_SETFD, FD_CLOEXEC)
        return Socket(taking: FileDescriptor(rawValue: number), peer: "client")
    }

    /// Ends listening; a thread that waits in ``accept()`` gets an error.
    public func shutDown() {
        shutdown(descriptor.rawValue, Int32(SHUT_RDWR))
    }
}
