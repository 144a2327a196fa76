import POSIX

/// What buildpacks see of the platform: the user's variables and service bindings.
struct PlatformFiles {
    let directory: BuildDirectory
    /// Where the files go, as builds see it.
    let target: String

    /// Writes a file for each variable.
    ///
    /// - Parameters:
    ///   - builderRoot: The builder's root, whose own variables come first; nil for none.
    ///   - variables: The user's variables; later ones win.
    /// - Throws: When a file can't be written.
    func writeVariables(
        builderRoot: String?,
        _ variables: [(name: String, value: String)]
    ) throws(POSIXError) {
        let env = directory.place(Path.join(target, "env"))
        try FileSystem.makeDirectories(env)
        if let builderRoot {
            let own = Path.join(builderRoot, "platform/env")
            for entry in (try? FileSystem.list(own)) ?? [] where entry.type == .regular {
                try FileSystem.copyFile(Path.join(own, entry.name), to: Path.join(env, entry.name), mode: 0o644)
            }
        }
        for variable in variables {
            try FileSystem.writeFile(Path.join(env, variable.name), variable.value)
        }
    }

    /// Copies the files of service bindings.
    ///
    /// - Parameters:
    ///   - bindings: The user's bindings.
    ///   - certificates: Files with certificates, which become a binding of type `ca-certificates`.
    /// - Throws: When a file can't be read or written.
    func writeBindings(_ bindings: [BuildRequest.Binding], certificates: [String]) throws(POSIXError) {
        for (number, binding) in bindings.enumerated() {
            let place = try make("\(number)-\(binding.type)", type: binding.type)
            for entry in try FileSystem.list(binding.directory) {
                let source = Path.join(binding.directory, entry.name)
                // Entries are often links, as Kubernetes mounts secrets.
                guard FileSystem.isRegularFile(source) else { continue }
                try FileSystem.copyFile(source, to: Path.join(place, entry.name), mode: 0o644)
            }
        }
        guard !certificates.isEmpty else { return }
        let place = try make("slipway-ca-certificates", type: "ca-certificates")
        for (number, file) in certificates.enumerated() {
            try FileSystem.copyFile(file, to: Path.join(place, "\(number)-\(Path.base(file))"), mode: 0o644)
        }
    }

    private func make(_ name: String, type: String) throws(POSIXError) -> String {
        let place = directory.place(Path.join(target, "bindings", name.replacingSlashes))
        try FileSystem.makeDirectories(place)
        try FileSystem.writeFile(Path.join(place, "type"), type)
        return place
    }
}

extension String {
    /// The text as the name of one directory.
    fileprivate var replacingSlashes: String { String(map { $0 == "/" ? "_" : $0 }) }
}
