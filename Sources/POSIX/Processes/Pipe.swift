import CPOSIX

/// Two descriptors, of which one reads what is written to the other.
public struct Pipe: ~Copyable {
    /// What is written to the other end is read here.
    public let readEnd: OwnedDescriptor
    /// What is written here is read at the other end.
    public let writeEnd: OwnedDescriptor

    /// Makes a pipe, whose ends programs that are started do not get.
    /// - Throws: When the system has no room.
    public init() throws(POSIXError) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) {
            cposix_pipe($0.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else { throw POSIXError(.current, "pipe2") }
        readEnd = OwnedDescriptor(taking: FileDescriptor(rawValue: ends.0))
        writeEnd = OwnedDescriptor(taking: FileDescriptor(rawValue: ends.1))
    }

    /// Closes the end for writing, so that the other end can see the end of the stream.
    /// - Returns: The end for reading.
    public consuming func takeReadEnd() -> OwnedDescriptor { readEnd }

    /// Closes the end for reading.
    /// - Returns: The end for writing.
    public consuming func takeWriteEnd() -> OwnedDescriptor { writeEnd }

    /// Leaves both ends open for as long as the process lives.
    consuming func leave() {
        _ = readEnd.release()
        _ = writeEnd.release()
    }
}
