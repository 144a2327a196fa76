extension Rule {
    static let descriptorMissing = Rule(
        .error,
        "descriptor-missing",
        .descriptor,
        "put a buildpack.toml into the buildpack's directory"
    )
    static let descriptorSyntax = Rule(.error, "descriptor-syntax", .descriptor, "make the file valid TOML")
    static let descriptorType = Rule(.error, "descriptor-type", .descriptor, "give the key a value of that type")
    static let descriptorUnknownKey = Rule(
        .warning,
        "descriptor-unknown-key",
        .descriptor,
        "check the spelling; a buildpack's own data belongs below [metadata]"
    )
    static let apiMissing = Rule(
        .error,
        "api-missing",
        .descriptor,
        "add api = \"0.12\", the Buildpack API that the buildpack implements"
    )
    static let apiFormat = Rule(.error, "api-format", .descriptor, "write it as \"<major>.<minor>\"")
    static let apiUnsupported = Rule(
        .error,
        "api-unsupported",
        .apiCompatibility,
        "use a Buildpack API from 0.7 to 0.12"
    )
    static let idMissing = Rule(.error, "id-missing", .descriptor, "add id = \"<namespace>/<name>\" to [buildpack]")
    static let idFormat = Rule(
        .error,
        "id-format",
        .descriptor,
        "use numbers, letters and the characters . / and - only"
    )
    static let idReserved = Rule(
        .error,
        "id-reserved",
        .descriptor,
        "choose a globally unique id such as \"<namespace>/<name>\""
    )
    static let versionMissing = Rule(
        .error,
        "version-missing",
        .descriptor,
        "add version = \"<X>.<Y>.<Z>\" to [buildpack]"
    )
    static let versionFormat = Rule(
        .error,
        "version-format",
        .descriptor,
        "write three numbers without leading zeros, such as \"1.0.2\""
    )
    static let licenseIncomplete = Rule(
        .warning,
        "license-incomplete",
        .descriptor,
        "name an SPDX license as type, or the place of another one as uri"
    )
    static let execEnvName = Rule(
        .error,
        "exec-env-name",
        .descriptor,
        "name an execution environment, such as \"production\" or \"test\", without a slash"
    )
    static let sbomFormatUnknown = Rule(
        .error,
        "sbom-format-unknown",
        .sbom,
        "declare application/vnd.cyclonedx+json, application/spdx+json or application/vnd.syft+json"
    )
    static let targetsMissing = Rule(
        .warning,
        "targets-missing",
        .targets,
        "add [[targets]] with the os, and with arch where only some will do"
    )
    static let targetInvalid = Rule(
        .error,
        "target-invalid",
        .targets,
        "use the names of Go's GOOS and GOARCH, as the OCI image specification does"
    )
    static let stacksDeprecated = Rule(
        .warning,
        "stacks-deprecated",
        .stacks,
        "replace [[stacks]] by [[targets]], unless old platforms need them"
    )
    static let stackInvalid = Rule(
        .error,
        "stack-invalid",
        .stacks,
        "give each stack an id; \"*\" goes without mixins, and an order without stacks"
    )
    static let orderWithExecutables = Rule(
        .error,
        "order-with-executables",
        .order,
        "take bin/detect and bin/build away from a composite buildpack, or the order from a component"
    )
    static let orderReference = Rule(
        .error,
        "order-reference",
        .order,
        "give each member of a group an id and a version"
    )
    static let executableMissing = Rule(
        .error,
        "executable-missing",
        .build,
        "add the file, and make it executable (chmod +x)"
    )

    static let descriptorRules = [
        descriptorMissing, descriptorSyntax, descriptorType, descriptorUnknownKey, apiMissing, apiFormat,
        apiUnsupported, idMissing, idFormat, idReserved, versionMissing, versionFormat, licenseIncomplete,
        execEnvName, sbomFormatUnknown, targetsMissing, targetInvalid, stacksDeprecated, stackInvalid,
        orderWithExecutables, orderReference, executableMissing,
    ]
}
