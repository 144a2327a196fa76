import JSON

/// Checks SBOM files: their names, whether their formats are declared, and whether they are what they say.
struct SBOMCheck {
    let output: OutputCheck
    let layers: [WrittenLayer]

    func run(_ files: [String], _ findings: inout Findings) {
        var subjects: Set<String> = []
        for name in files.sorted() {
            guard let range = name.firstRangeOfSBOM else { continue }
            let subject = String(name[..<range.lowerBound])
            subjects.insert(subject)
            let file = "\(output.layersDir)/\(name)"
            let fileExtension = String(name[range.upperBound...])
            let kind = fileExtension.hasSuffix(".json") ? String(fileExtension.dropLast(5)) : ""
            guard let mediaType = DescriptorCheck.sbomMediaTypes[kind] else {
                findings.add(.sbomName, file, "the extension \(fileExtension) stands for no SBOM format")
                continue
            }
            checkSubject(subject, file, &findings)
            if !output.descriptor.sbomFormats.contains(mediaType) {
                findings.add(.sbomUndeclared, file, "\(mediaType) is not among the buildpack's sbom-formats")
            }
            checkContents(file, kind, mediaType, &findings)
        }
        // Layers that are only kept for the next build need no SBOM.
        for layer in layers where (layer.types.launch || layer.types.build) && !subjects.contains(layer.name) {
            guard layer.hasContents else { continue }
            let path = "\(output.layersDir)/\(layer.name)"
            findings.add(.sbomMissing, path, "nothing tells what the layer \(layer.name) holds")
        }
    }

    private func checkSubject(_ subject: String, _ file: String, _ findings: inout Findings) {
        guard !["launch", "build"].contains(subject), !layers.contains(where: { $0.name == subject }) else { return }
        findings.add(.sbomSubject, file, "there is no layer \(subject)")
    }

    private func checkContents(_ file: String, _ kind: String, _ mediaType: String, _ findings: inout Findings) {
        guard let bytes = output.read(file) else { return }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes, source: file)
        } catch {
            findings.add(.sbomSyntax, file, "\(error)")
            return
        }
        if !Self.isKind(kind, value) {
            findings.add(.sbomKind, file, "the file is JSON, but lacks what every file of \(mediaType) has")
        }
    }

    /// Whether a document has the marks of its format.
    private static func isKind(_ kind: String, _ value: JSONValue) -> Bool {
        switch kind {
        case "cdx": value["bomFormat"]?.stringValue == "CycloneDX" && value["specVersion"]?.stringValue != nil
        case "spdx":
            // Version 3 is JSON-LD.
            value["spdxVersion"]?.stringValue?.hasPrefix("SPDX-") ?? (value["@graph"]?.arrayValue != nil)
        default: value["artifacts"]?.arrayValue != nil && value["schema"]?.objectValue != nil
        }
    }
}

extension String {
    /// Where `.sbom.` is.
    fileprivate var firstRangeOfSBOM: Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(".sbom.") { return start..<index(start, offsetBy: 6) }
            start = index(after: start)
        }
        return nil
    }
}
