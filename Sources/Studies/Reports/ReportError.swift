/// Why no report can be made of what was given.
public enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No run of the study has ended yet.
  case noRuns(study: String)
  /// Results of an arm that isn't in the study.
  case unknownArm(String, arms: [String])
  case duplicateArm(String)
  case duplicateSeed(Int, arm: String)
  /// No run recorded the metric that arms are to be compared by.
  case metricNotRecorded(String, recorded: [String])

  public var description: String {
    switch self {
    case .noRuns(let study): "no run of '\(study)' has ended yet: there is nothing to report"
    case .unknownArm(let name, let arms):
      "there are results of an arm '\(name)', but the study's arms are: \(arms.joined(separator: ", "))"
    case .duplicateArm(let name): "there are two arms '\(name)': give each its own name"
    case .duplicateSeed(let seed, let arm): "arm '\(arm)' has two runs with seed \(seed): a seed counts once"
    case .metricNotRecorded(let name, let recorded):
      "no run recorded '\(name)'; compare by one of: \(recorded.joined(separator: ", "))"
    }
  }
}
