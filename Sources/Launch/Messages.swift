internal import CPOSIX

/// The launcher's own messages, which go to standard error as the reference words them.
struct Messages {
    var noColor: Bool

    /// Something that doesn't stop the launch.
    func warn(_ message: String) {
        write(styled("Warning: ", color: "33") + message + "\n")
    }

    /// What stops the launch.
    func fail(_ message: String) {
        write(styled("ERROR: ", color: "31") + message + "\n")
    }

    /// Further lines about the message before.
    func explain(_ lines: String) {
        write(lines + "\n")
    }

    private func styled(_ label: String, color: String) -> String {
        noColor ? label : "\u{1B}[\(color);1m\(label)\u{1B}[0m"
    }

    private func write(_ text: String) {
        Output.write([UInt8](text.utf8), to: STDERR_FILENO)
    }
}

/// Writing whole texts to a descriptor.
enum Output {
    /// Writes all bytes; failures are ignored, as there is nowhere to report them.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let written = CPOSIX.write(descriptor, part.baseAddress, part.count)
                if written < 0, cposix_errno() == EINTR { continue }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }
}
