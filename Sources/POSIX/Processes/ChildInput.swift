/// What a child reads from its standard input, open until the child has been started.
struct ChildInput: ~Copyable {
    private let owned: OwnedDescriptor
    private let borrowed: FileDescriptor?

    init(_ input: SubprocessConfiguration.Input) throws(POSIXError) {
        borrowed =
            switch input {
            case .inherited: .standardInput
            case .descriptor(let descriptor): descriptor
            case .empty, .bytes: nil
            }
        if case .bytes(let bytes) = input {
            let pipe = try Pipe()
            // A pipe takes this much without a reader; more would block for ever.
            guard bytes.count <= 65536 else { throw POSIXError(.fileTooLarge, "write", "standard input of a child") }
            try pipe.writeEnd.descriptor.writeAll(bytes)
            owned = pipe.takeReadEnd()
        } else {
            owned = try OwnedDescriptor(opening: "/dev/null")
        }
    }

    var descriptor: FileDescriptor { borrowed ?? owned.descriptor }
}
