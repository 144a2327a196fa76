import POSIX

extension Obstacle {
    /// Finds out what stands behind a failed step.
    /// - Parameters:
    ///   - step: The step.
    ///   - error: What the system said.
    ///   - isolation: What was tried.
    ///   - owner: Who the program was to run as.
    ///   - facts: What the machine says about itself.
    init(_ step: SetUpStep, _ error: POSIXError, _ isolation: Isolation, _ owner: Owner, _ facts: MachineFacts) {
        switch step {
        case .users, .namespaces:
            self = Self.namespaces(step, error, isolation, facts)
        case .identity where isolation == .userNamespaces && error.operation != "setrlimit":
            // The inner one of the two.
            self = Self.namespaces(step, error, isolation, facts)
        case .identity where error.operation == "setuid":
            self = error.errno == .invalidArgument ? .unknownOwner(owner) : .missingCapability("cap_setuid")
        case .changeRoot where isolation == .chroot:
            self = facts.isRoot ? .missingCapability("cap_sys_chroot") : .notRoot
        case .root, .mounts, .changeRoot, .network:
            self = Self.mounts(step, error, isolation, facts)
        case .start, .identity: self = .other(step, error)
        }
    }

    private static func namespaces(
        _ step: SetUpStep,
        _ error: POSIXError,
        _ isolation: Isolation,
        _ facts: MachineFacts
    ) -> Obstacle {
        switch error.errno {
        case .noSpace:
            let settings =
                step == .namespaces ? facts.zeroLimits.subtracting(["user.max_user_namespaces"]) : facts.zeroLimits
            let setting = settings.contains("user.max_user_namespaces") ? "user.max_user_namespaces" : settings.min()
            return setting.map { .limitIsZero(setting: $0) } ?? .limitReached
        case .tooManyUsers: return .limitReached
        case .invalidArgument, .noSuchCall: return facts.isFiltered ? .seccomp(call: error.operation) : .notInKernel
        case .notPermitted, .permissionDenied:
            if isolation == .rootNamespaces { return root(error, facts) }
            if error.operation == "mount", let profile = facts.profile { return .confined(profile: profile) }
            if facts.usersMayClone == false, !facts.isRoot { return .forbiddenToUsers }
            // AppArmor lets the namespace be made, and forbids all that needs rights in it.
            if facts.appArmorRestricts, step != .users || error.operation != "unshare" {
                return .appArmor(program: facts.program)
            }
            if facts.hasChangedRoot { return .changedRoot }
            if facts.isFiltered { return .seccomp(call: error.operation) }
            if facts.appArmorRestricts { return .appArmor(program: facts.program) }
            if facts.hasSELinux { return .seLinux }
            // Nothing else is left that the kernel refuses a namespace of users for.
            return error.operation == "unshare" ? .changedRoot : .other(step, error)
        default: return .other(step, error)
        }
    }

    private static func root(_ error: POSIXError, _ facts: MachineFacts) -> Obstacle {
        if !facts.isRoot { return .notRoot }
        if !facts.has(MachineFacts.administration) { return .missingCapability("cap_sys_admin") }
        if error.operation != "unshare", let profile = facts.profile { return .confined(profile: profile) }
        return facts.isFiltered ? .seccomp(call: error.operation) : .other(.namespaces, error)
    }

    private static func mounts(
        _ step: SetUpStep,
        _ error: POSIXError,
        _ isolation: Isolation,
        _ facts: MachineFacts
    ) -> Obstacle {
        guard [.notPermitted, .permissionDenied].contains(error.errno) else { return .other(step, error) }
        if isolation == .userNamespaces, facts.appArmorRestricts { return .appArmor(program: facts.program) }
        if isolation == .rootNamespaces { return root(error, facts) }
        if let profile = facts.profile { return .confined(profile: profile) }
        if error.errno == .permissionDenied, facts.hasSELinux { return .seLinux }
        if error.errno == .notPermitted, facts.isFiltered { return .seccomp(call: error.operation) }
        return .other(step, error)
    }
}
