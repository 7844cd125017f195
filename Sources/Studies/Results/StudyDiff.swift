/// What differs between two studies, run by run: runs are matched by arm, trial and seed.
public struct StudyDiff: Sendable, Hashable, CustomStringConvertible {
  /// A setting of an arm, or of a trial of it, with its text in each study; nil where it isn't set.
  public struct SettingChange: Sendable, Hashable {
    public let arm: String
    public let key: String
    public let first: String?
    public let second: String?
  }

  /// A metric of a run whose values differ.
  public struct MetricChange: Sendable, Hashable {
    public let arm: String
    public let seed: Int
    public let metric: String
    /// The first epoch that differs, or that only one of the runs has.
    public let epoch: Int
    /// The greatest distance over the epochs that both have; infinite where just one value is finite.
    public let distance: Double
  }

  /// Runs that only one study has: `arm, seed 3`.
  public let onlyFirst: [String]
  public let onlySecond: [String]
  public let settings: [SettingChange]
  public let metrics: [MetricChange]
  /// Runs that both have.
  public let common: Int
  /// Names of what differs between the environments, with both values.
  public let environments: [String]

  /// Whether both studies have the same runs with the same configurations and, bit for bit, the same numbers.
  public var isEmpty: Bool { onlyFirst.isEmpty && onlySecond.isEmpty && settings.isEmpty && metrics.isEmpty }

  public init(_ first: StudyResults, _ second: StudyResults) {
    func key(_ run: StoredRun) -> String { "\(Self.label(of: run)), seed \(run.seed)" }
    let others = Dictionary(second.runs.map { (key($0), $0) }) { one, _ in one }
    let firstKeys = Set(first.runs.map(key))
    onlyFirst = first.runs.map(key).filter { others[$0] == nil }
    onlySecond = second.runs.map(key).filter { !firstKeys.contains($0) }
    let pairs = first.runs.compactMap { run in others[key(run)].map { (run, $0) } }
    common = pairs.count
    settings = pairs.flatMap { Self.settings($0, $1) }.uniqued
    metrics = pairs.flatMap { Self.metrics($0, $1) }
    environments = Self.environments(first.environments, second.environments)
  }

  /// The arm, and the trial where it is one: `adam`, `adam, trial 3`.
  private static func label(of run: StoredRun) -> String { run.arm + (run.stage.trial.map { ", trial \($0)" } ?? "") }

  private static func settings(_ one: StoredRun, _ other: StoredRun) -> [SettingChange] {
    guard one.id != other.id else { return [] }
    let (first, second) = (values(one.configuration), values(other.configuration))
    return Set(first.keys).union(second.keys).sorted().filter { first[$0] != second[$0] }
      .map { SettingChange(arm: label(of: one), key: $0, first: first[$0], second: second[$0]) }
  }

  /// The lines of a canonical text by key.
  private static func values(_ configuration: String) -> [String: String] {
    let lines = configuration.split(separator: "\n").filter { !$0.hasPrefix("#") }
    return Dictionary(
      lines.compactMap { line in
        line.firstRange(of: ": ").map { (String(line[..<$0.lowerBound]), String(line[$0.upperBound...])) }
      }
    ) { one, _ in one }
  }

  private static func metrics(_ one: StoredRun, _ other: StoredRun) -> [MetricChange] {
    let names = (one.history.epochs + other.history.epochs).flatMap { $0.metrics.keys }.uniqued
    return names.compactMap { name in
      let first = Dictionary(one.history.values(name).map { ($0.epoch, $0.value) }) { value, _ in value }
      let second = Dictionary(other.history.values(name).map { ($0.epoch, $0.value) }) { value, _ in value }
      let epochs = Set(first.keys).union(second.keys).sorted()
      let different = epochs.filter { !isSame(first[$0], second[$0]) }
      guard let epoch = different.first else { return nil }
      let distances = different.compactMap { epoch in
        first[epoch].flatMap { one in second[epoch].map { distance(one, $0) } }
      }
      return MetricChange(
        arm: label(of: one), seed: one.seed, metric: name, epoch: epoch, distance: distances.max() ?? 0)
    }
  }

  /// Whether two stored numbers are the same, bit for bit; a store keeps no more of a NaN than that it is one.
  static func isSame(_ one: Double?, _ other: Double?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return one == other || (one.isNaN && other.isNaN)
  }

  private static func distance(_ one: Double, _ other: Double) -> Double {
    one.isFinite && other.isFinite ? (one - other).magnitude : .infinity
  }

  private static func environments(_ one: [RunEnvironment], _ other: [RunEnvironment]) -> [String] {
    let parts: [(String, (RunEnvironment) -> String)] = [
      ("tanren", \.tanren), ("platform", { "\($0.platform) \($0.platformVersion)" }), ("device", \.device),
      ("processor", { "\($0.processor), \($0.cores) cores" }), ("system", \.system), ("host", \.host),
      ("commit", { $0.commit ?? "none" }),
    ]
    return parts.compactMap { name, value in
      let (first, second) = (one.map(value).uniqued.sorted(), other.map(value).uniqued.sorted())
      guard first != second else { return nil }
      return "\(name): \(first.joined(separator: " and ")) / \(second.joined(separator: " and "))"
    }
  }

  public var description: String {
    var lines = ["\(common) \(common == 1 ? "run is" : "runs are") in both."]
    lines += onlyFirst.map { "only in the first: \($0)" } + onlySecond.map { "only in the second: \($0)" }
    lines += settings.map { "\($0.arm): \($0.key) is \($0.first ?? "not set") / \($0.second ?? "not set")" }
    lines += metrics.map {
      "\($0.arm), seed \($0.seed): \($0.metric) differs from epoch \($0.epoch) on, by \($0.distance) at most"
    }
    lines += environments.map { "environment: \($0)" }
    if isEmpty { lines.append("Configurations and numbers are the same, bit for bit.") }
    return lines.joined(separator: "\n")
  }
}
