import CPOSIX

/// Two descriptors, of which one reads what is written to the other.
struct Pipe: ~Copyable {
    let readEnd: OwnedDescriptor
    let writeEnd: OwnedDescriptor

    init() throws(POSIXError) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) {
            cposix_pipe($0.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else { throw POSIXError(.current, "pipe2") }
        readEnd = OwnedDescriptor(taking: FileDescriptor(rawValue: ends.0))
        writeEnd = OwnedDescriptor(taking: FileDescriptor(rawValue: ends.1))
    }

    /// Closes the end for writing, so that the other end can see the end of the stream.
    consuming func takeReadEnd() -> OwnedDescriptor { readEnd }

    /// Leaves both ends open for as long as the process lives.
    consuming func leave() {
        _ = readEnd.release()
        _ = writeEnd.release()
    }
}
