/// What the image is called, holds, and where it goes.
extension BuildOptions {
    static let tag = CommandOption.list(
        "tag",
        short: "t",
        "NAME",
        in: imageSection,
        "name of the image; the first one is the one that is printed",
        fallback: "the directory's name"
    )
    static let output = CommandOption.list(
        "output",
        short: "o",
        "DEST",
        in: imageSection,
        "where it goes: store, registry, oci:DIR, oci-archive:FILE, docker-archive:FILE or docker-daemon:",
        fallback: "store"
    )
    static let platform = CommandOption.value(
        "platform",
        "OS/ARCH",
        in: imageSection,
        "what the image is for",
        fallback: "this machine"
    )
    static let process = CommandOption.value(
        "process",
        short: "D",
        "TYPE",
        in: imageSection,
        "process type that the image starts by default",
        fallback: "the buildpacks' choice"
    )
    static let previousImage = CommandOption.value(
        "previous-image",
        "NAME",
        in: imageSection,
        "image whose layers are reused",
        fallback: "the first --tag"
    )
    static let label = CommandOption.additions(
        "label",
        "NAME=VALUE",
        in: imageSection,
        "label of the image's config",
        content: .assignment
    )
    static let annotation = CommandOption.additions(
        "annotation",
        "NAME=VALUE",
        in: imageSection,
        "annotation of the image's manifest",
        content: .assignment
    )
    static let creationTime = CommandOption.value(
        "creation-time",
        "TIME",
        in: imageSection,
        "when the image says it was made: seconds since 1970, or 'now'",
        fallback: "a fixed time, so that equal builds give equal images"
    )
    static let sbomDir = CommandOption.value(
        "sbom-dir",
        "DIR",
        in: imageSection,
        "directory that gets the bills of materials",
        content: .directory
    )
    static let metadataFile = CommandOption.value(
        "metadata-file",
        "FILE",
        in: imageSection,
        "file that gets the result as JSON",
        content: .file
    )

    static let image = [
        tag, output, platform, process, previousImage, label, annotation, creationTime, sbomDir, metadataFile,
    ]
}
