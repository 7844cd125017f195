/// What two stores say differently of the same study or run, so that they can't be merged.
public enum MergeContradiction: Sendable, Hashable {
  /// A line of the plans of a study that differs; nil where a plan has ended.
  case plan(study: String, stores: [String], lines: [String?])
  /// Tasks that divided a study in different ways.
  case division(study: String, stores: [String], shares: [StudyShare])
  /// A number of a run that differs.
  case result(run: RunLabel, stores: [String], epoch: Int, metric: String, values: [Double?])
  /// What a run that is done took, as updates and gradient evaluations, or how many epochs it has.
  case costs(run: RunLabel, stores: [String], texts: [String])
  /// Runs of a study on data of one name that weren't the same.
  case data(study: String, name: String, origins: [String])
  /// A checkpoint that was made by another configuration than the run's.
  case checkpoint(run: RunLabel, path: String)

  /// A run, for people.
  public struct RunLabel: Sendable, Hashable, CustomStringConvertible {
    public let id: String
    public let arm: String
    public let seed: Int

    public var description: String { "run \(id.prefix(12)) (\(arm), seed \(seed))" }
  }
}

extension MergeContradiction: CustomStringConvertible {
  public var description: String {
    switch self {
    case .plan(let study, let stores, let lines):
      "study '\(study)' has different plans: "
        + Self.paired(stores, lines.map { $0.map { "'\($0.trimmed)'" } ?? "no such line" })
    case .division(let study, let stores, let shares):
      "study '\(study)' was divided in different ways: " + Self.paired(stores, shares.map { "share \($0)" })
    case .result(let run, let stores, let epoch, let metric, let values):
      "\(run) has different results: \(metric) of epoch \(epoch) is "
        + Self.paired(stores, values.map { $0.map { "\($0)" } ?? "missing" })
    case .costs(let run, let stores, let texts): "\(run) has different costs: " + Self.paired(stores, texts)
    case .data(let study, let name, let origins):
      "runs of study '\(study)' were trained on different data, all called '\(name)': "
        + origins.joined(separator: "; ")
    case .checkpoint(let run, let path): "\(run) has a checkpoint of another configuration: \(path)"
    }
  }

  /// `1 in a.sqlite, 2 in b.sqlite`.
  private static func paired(_ stores: [String], _ texts: [String]) -> String {
    zip(texts, stores).map { "\($0) in \($1)" }.joined(separator: ", ")
  }
}

extension String {
  fileprivate var trimmed: Substring {
    drop(while: \.isWhitespace)
  }
}
