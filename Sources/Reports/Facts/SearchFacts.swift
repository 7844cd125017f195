import Search
import Statistics

/// What a study's search tried, for its report.
///
/// ```swift
/// let space = try SearchSpace([("optimizer.learningRate", LogScale(1e-4, 1))])
/// var arm = try SearchArmFacts("sgd", space: space, trials: [
///   SearchTrialFacts(values: [.number(0.1)], score: 0.97, seconds: 12, gradientEvaluations: 600),
/// ])
/// arm.standard = 0.95
/// let facts = SearchFacts(arms: [arm], sampler: "halton", metric: PrimaryMetric())
/// ```
public struct SearchFacts: Sendable, Equatable, Encodable {
  /// In the order of the plan, those that were searched.
  public var arms: [SearchArmFacts]
  /// The sampler as the plan has it.
  public var sampler: String
  /// Whether trials depend on the results of earlier ones.
  public var isAdaptive: Bool
  /// What trials were judged by.
  public var metric: PrimaryMetric
  /// On which data, in words: `20 % of the training data`. Empty where it goes without saying.
  public var judgedBy: String

  /// How many searches each arm had.
  public var studies: Int { arms.map(\.studies.count).max() ?? 1 }

  public init(
    arms: [SearchArmFacts], sampler: String, isAdaptive: Bool = false, metric: PrimaryMetric, judgedBy: String = ""
  ) {
    (self.arms, self.sampler, self.isAdaptive) = (arms, sampler, isAdaptive)
    (self.metric, self.judgedBy) = (metric, judgedBy)
  }
}

/// The trials of an arm.
public struct SearchArmFacts: Sendable, Equatable, Encodable {
  /// A setting that was searched.
  public struct Dimension: Sendable, Equatable, Encodable {
    public let setting: String
    /// `log(0.0001, 1)`.
    public let scale: String
    /// False for choices.
    public let isOrdered: Bool
  }

  public let name: String
  public let dimensions: [Dimension]
  /// In their order; those that have ended.
  public let trials: [SearchTrialFacts]
  /// The searches of the arm, at least one.
  public let studies: [SearchStudyFacts]
  /// For each trial its coordinates from 0 to 1.
  let points: [[Double]]
  /// For each trial the settings at an end of their scale, and whether it is the lower one.
  let edges: [[String: Bool]]
  /// The score of the settings that the arm has without a search, if they were tried.
  public var standard: Double?

  /// - Parameter studies: one for each ``SearchTrialFacts/study`` from 0 on.
  /// - Throws: `SearchError` for values that aren't in the space.
  public init(
    _ name: String, space: SearchSpace, trials: [SearchTrialFacts], standard: Double? = nil,
    studies: [SearchStudyFacts] = [SearchStudyFacts()]
  ) throws(SearchError) {
    self.name = name
    dimensions = space.dimensions.map {
      Dimension(setting: $0.setting, scale: $0.scale.notation, isOrdered: $0.scale.choiceCount == nil)
    }
    self.trials = trials
    var (points, edges): ([[Double]], [[String: Bool]]) = ([], [])
    for trial in trials {
      points.append(try space.point(of: trial.values))
      let found = try space.settingsAtEdge(of: trial.values)
      edges.append(Dictionary(found.map { ($0.setting, $0.isLow) }, uniquingKeysWith: { $1 }))
    }
    (self.points, self.edges, self.standard) = (points, edges, standard)
    self.studies = studies.isEmpty ? [SearchStudyFacts()] : studies
  }

  private enum CodingKeys: CodingKey { case name, dimensions, trials, standard, studies }
}

/// One of the searches of an arm, each of which has draws and seeds of its own.
public struct SearchStudyFacts: Sendable, Equatable, Encodable {
  /// What a search went on with.
  public enum Choice: Sendable, Equatable {
    /// The trial with the best score of those that trained to the end.
    case best
    /// A trial by its place among the arm's.
    case trial(Int)
    /// The settings that the arm has without a search.
    case standard
  }

  public var choice: Choice

  public init(_ choice: Choice = .best) { self.choice = choice }

  private enum CodingKeys: CodingKey { case chosen, keepsStandard }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if case .trial(let place) = choice { try container.encode(place, forKey: .chosen) }
    try container.encode(choice == .standard, forKey: .keepsStandard)
  }
}

/// A trial that has ended.
public struct SearchTrialFacts: Sendable, Equatable, Encodable {
  /// Of the arm, counted from 0.
  public let study: Int
  /// One per setting, in the order of the space.
  public let values: [OptionValue]
  /// NaN for a training that diverged.
  public let score: Double
  /// Of all its seeds together.
  public let seconds: Double
  public let gradientEvaluations: Int
  /// After how many epochs it was stopped; nil if it trained to the end.
  public let epochs: Int?

  public init(
    values: [OptionValue], score: Double, seconds: Double, gradientEvaluations: Int, epochs: Int? = nil, study: Int = 0
  ) {
    (self.values, self.score, self.seconds) = (values, score, seconds)
    (self.gradientEvaluations, self.epochs, self.study) = (gradientEvaluations, epochs, study)
  }

  private enum CodingKeys: CodingKey { case study, values, score, seconds, gradientEvaluations, epochs }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(study, forKey: .study)
    try container.encode(values.map(\.description), forKey: .values)
    try container.encode(score.isFinite ? score : nil, forKey: .score)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(gradientEvaluations, forKey: .gradientEvaluations)
    try container.encodeIfPresent(epochs, forKey: .epochs)
  }
}
