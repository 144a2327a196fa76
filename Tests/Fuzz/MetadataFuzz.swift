/// metadata.toml of any content: it is either understood or refused with an error that can be shown.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMetadata(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    do {
        let metadata = try LaunchMetadata(TOMLDocument.parse(bytes, file: "metadata.toml"))
        for api in ["0.9", "0.15"] {
            let selection = ProcessSelection(
                metadata: metadata,
                platformAPI: try PlatformAPI(api),
                execEnv: .production
            )
            for process in metadata.processes {
                let name = RawPath("/cnb/process/\(process.type)")
                consume(selection, name, [])
                consume(selection, name, [[0xFF], []])
            }
            consume(selection, "/cnb/lifecycle/launcher", [[UInt8]("--list".utf8)])
        }
        for buildpack in metadata.buildpacks {
            _ = (try? BuildpackAPI(buildpack.api))?.supports(.commandArrays)
            _ = BuildpackID.directoryName(for: buildpack.id)
        }
    } catch let error as TOMLError {
        precondition(!error.description.isEmpty)
        _ = error.excerpt
    } catch {
        preconditionFailure("an error of another kind: \(error)")
    }
    return 0
}

private func consume(_ selection: ProcessSelection, _ name: RawPath, _ words: [[UInt8]]) {
    do {
        let start = try selection.startCommand(programName: name, words: words)
        _ = BashScript(profiles: [name], workingDirectory: start.workingDirectory, argumentCount: start.args.count).text
        _ = try Inspection(programName: name, words: words, selection: selection)
    } catch {
        precondition(!error.description.isEmpty)
    }
}
