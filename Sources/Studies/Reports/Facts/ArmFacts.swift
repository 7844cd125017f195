/// An arm as a report tells of it.
public struct ArmFacts: Sendable, Equatable, Encodable {
  public var name: String
  /// The arm it is compared with; nil for a baseline.
  public var baseline: String?
  /// All that decides its runs, method by method, without the seed.
  public var settings: [ReportSetting]
  /// Gradients that a step evaluates: two for sharpness-aware rules.
  public var evaluationsPerStep: Double
  /// What was published for it.
  public var published: [PublishedValue]

  public init(
    _ name: String, baseline: String? = nil, settings: [ReportSetting] = [], evaluationsPerStep: Double = 1,
    published: [PublishedValue] = []
  ) {
    self.name = name
    self.baseline = baseline
    self.settings = settings
    self.evaluationsPerStep = evaluationsPerStep
    self.published = published
  }
}
