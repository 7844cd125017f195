import Configuration

/// Chooses the settings of a search's trials.
///
/// A sampler is a function of its arguments alone, so any worker computes the same trial, and a search that was
/// interrupted goes on with the same bits:
///
/// ```swift
/// let space = try SearchSpace([("optimizer.learningRate", LogScale(1e-4, 1))])
/// for trial in 0..<3 { print(try HaltonSampler().values(of: trial, in: space, seed: 1)) }
/// ```
///
/// A program's own sampler conforms to this protocol and is added with `Registry<any Sampler>.add(_:)`.
public protocol Sampler: Configurable {
  /// The greatest number of settings that it covers; nil for no limit.
  var settingLimit: Int? { get }

  /// How many of a search's first trials have to end before a trial can be drawn: 0 if it doesn't depend on results.
  /// - Parameter trial: counted from 0.
  func trialsNeeded(before trial: Int) -> Int

  /// The point of a trial: a coordinate from 0 to 1 per setting of the space.
  /// - Parameters:
  ///   - trial: counted from 0.
  ///   - seed: another one gives another search.
  ///   - history: the results of the trials that are needed, in any order; others are left out.
  /// - Throws: ``SearchError`` for too many settings or trials, and for results that are missing.
  func point(
    of trial: Int, in space: SearchSpace, seed: UInt64, history: [TrialResult]
  ) throws(SearchError) -> [Double]
}

extension Sampler {
  public var settingLimit: Int? { nil }
  public func trialsNeeded(before trial: Int) -> Int { 0 }

  /// Whether later trials depend on the results of earlier ones.
  public var isAdaptive: Bool { trialsNeeded(before: .max) > 0 }

  /// The settings of a trial, in the order of the space.
  /// - Throws: ``SearchError`` for too many settings or trials, and for results that are missing.
  public func values(
    of trial: Int, in space: SearchSpace, seed: UInt64, history: [TrialResult] = []
  ) throws(SearchError) -> [OptionValue] {
    try space.values(at: point(of: trial, in: space, seed: seed, history: history))
  }

  /// - Parameter trials: how many there are; nil for no limit.
  func check(_ trial: Int, _ space: SearchSpace, trials: Int? = nil) throws(SearchError) {
    if let settingLimit, space.dimensions.count > settingLimit {
      throw .tooManySettings(sampler: Self.name, limit: settingLimit, found: space.dimensions.count)
    }
    guard trial >= 0, trials.map({ trial < $0 }) ?? true else {
      throw .tooManyTrials(sampler: Self.name, limit: trials ?? .max, trial: trial)
    }
  }
}

/// What became of a trial, for samplers that learn from it.
public struct TrialResult: Sendable, Hashable {
  /// Counted from 0.
  public let trial: Int
  /// A value per setting, in the order of the space.
  public let values: [OptionValue]
  /// What is minimized; infinite or NaN for a training that diverged.
  public let loss: Double
  /// After how many epochs the trial was stopped; nil if it went on to the end.
  public let epochs: Int?

  public init(trial: Int, values: [OptionValue], loss: Double, epochs: Int? = nil) {
    (self.trial, self.values, self.loss, self.epochs) = (trial, values, loss, epochs)
  }
}
