import CNBCore
import Phases

extension ExitCode {
    /// The exit code for the failure of a phase.
    init(_ kind: PhaseErrorKind) {
        self =
            switch kind {
            case .failed: .failed
            case .invalidArguments: .invalidArguments
            case .incompatiblePlatformAPI: .incompatiblePlatformAPI
            case .incompatibleBuildpackAPI: .incompatibleBuildpackAPI
            case .noGroupDetected: .failedDetect
            case .noGroupDetectedWithErrors: .failedDetectWithErrors
            case .detect: .detectError
            case .analyze: .analyzeError
            case .restore: .restoreError
            case .buildpackFailed: .failedBuildWithErrors
            case .build: .buildError
            case .export: .exportError
            case .rebase: .rebaseError
            case .extensionFailed: .failedGenerateWithErrors
            case .generate: .generateError
            case .extend: .extendError
            }
    }
}
