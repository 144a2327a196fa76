/// Environment directories of any content: names, values and delimiters out of one input, as a layer would have them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEnvironment(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map { [UInt8]($0) }

    var environment = LaunchEnvironment.launch(inheriting: LaunchEnvironment(entries: parts))
    for (index, fileName) in parts.enumerated() {
        guard let (name, action) = EnvironmentAction.of(fileNamed: fileName, unsuffixed: .override) else { continue }
        let contents = parts[(index + 1) % parts.count]
        environment.perform(action, on: name, with: contents, index % 2 == 0 ? parts.last : nil)
        precondition(environment.value(of: name) != nil)
    }
    for entry in environment.entries { precondition(entry.contains(UInt8(ascii: "="))) }
    for format in [EnvironmentFormat.shell, .json, .dotenv] { _ = format.text(of: environment) }
    _ = LaunchInputs(environment)

    for part in parts {
        let path = RawPath(bytes: part)
        precondition(path.cleaned.cleaned == path.cleaned)
        _ = path.appending(part).lastComponent
    }
    return fuzzDirectory(UnsafeRawBufferPointer(start: start, count: count))
}

/// What the kernel lists, of any content.
private func fuzzDirectory(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    var rest = bytes
    while let record = DirectoryRecord(first: rest) {
        precondition(record.length > 0 && record.name.count < record.length)
        _ = (record.kind, record.isDots, DirectoryRecord.isEnd(record.next))
        rest = UnsafeRawBufferPointer(rebasing: rest[record.length...])
    }
    return 0
}
