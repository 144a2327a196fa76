/// One line of what a machine has, for people who want to know whether builds can run on it.
public struct MachineCheck: Hashable, Sendable {
    /// What is looked at, in small letters, such as `user namespaces`.
    public var name: String
    /// Whether it is as it should be.
    public var isFine: Bool
    /// What was found.
    public var detail: String
    /// What can be done where it is not as it should be, the most fitting first.
    public var remedies: [String]

    /// States what was found.
    public init(_ name: String, isFine: Bool, _ detail: String, remedies: [String] = []) {
        (self.name, self.isFine, self.detail, self.remedies) = (name, isFine, detail, remedies)
    }

    init(_ name: String, _ obstacle: Obstacle?, otherwise detail: String) {
        self.init(
            name,
            isFine: obstacle == nil,
            obstacle?.description ?? detail,
            remedies: obstacle?.remedies ?? []
        )
    }
}

extension IsolationProbe {
    /// Looks at all that sandboxes need of this machine.
    /// - Parameter storeDir: The directory of the store, which has to exist; nil to leave overlays out.
    /// - Returns: Lines in the order in which they matter: namespaces, `/proc`, overlay.
    public func checks(storeDir: String?) -> [MachineCheck] {
        var checks: [MachineCheck] = []
        do throws(SandboxError) {
            var works: Isolation?
            for isolation in [Isolation.rootNamespaces, .userNamespaces] {
                let obstacle = try obstacle(to: isolation)
                if obstacle == nil, works == nil { works = isolation }
                // Root is no duty.
                if isolation == .rootNamespaces, obstacle == .notRoot { continue }
                checks.append(MachineCheck(isolation.checkName, obstacle, otherwise: "programs can run as \(owner)"))
            }
            guard let works else { return checks + [try plainCheck()] }
            let processes = try processesObstacle(works)
            checks.append(MachineCheck("proc", processes, otherwise: "sandboxes see their own processes only"))
            if let storeDir {
                let overlay = try overlayObstacle(in: storeDir, works)
                checks.append(
                    MachineCheck("overlay", overlay, otherwise: "builds share unpacked images in \(storeDir)")
                )
            }
        } catch {
            checks.append(MachineCheck("sandbox", isFine: false, "\(error)"))
        }
        return checks
    }

    /// What is left without namespaces.
    private func plainCheck() throws(SandboxError) -> MachineCheck {
        let chroot = try obstacle(to: .chroot)
        if chroot == nil { return MachineCheck("chroot", isFine: true, "programs run in a copy of the builder") }
        let inPlace = try obstacle(to: .inPlace)
        return MachineCheck("in place", inPlace, otherwise: "programs run in this root, which is a builder")
    }
}

extension Isolation {
    fileprivate var checkName: String {
        switch self {
        case .rootNamespaces: "namespaces as root"
        case .userNamespaces: "user namespaces"
        case .chroot: "chroot"
        case .inPlace: "in place"
        }
    }
}
