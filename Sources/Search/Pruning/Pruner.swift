import Configuration

/// Decides which trials of a search go on training and which are stopped early.
///
/// A pruner is a function of recorded curves. It is synchronous: trials are compared once all that take part have
/// trained equally long, so that neither the speed of a worker nor an interruption changes what is stopped.
///
/// ```swift
/// let curves = [[0.9, 0.5, 0.4], [0.8, 0.7, 0.6], [0.7, 0.4, 0.2]]
/// print(try HalvingPruner(reduction: 3).epochsTrained(curves: curves, epochs: 3))  // [1, 1, 3]
/// ```
public protocol Pruner: Configurable {
  /// The groups within which trials are compared.
  /// - Parameters:
  ///   - trials: how many the search has.
  ///   - epochs: how long a trial trains that isn't stopped.
  /// - Throws: ``SearchError`` for no trials, and for epochs that leave nothing to compare.
  func brackets(trials: Int, epochs: Int) throws(SearchError) -> [Bracket]
}

extension Pruner {
  /// After how many epochs each trial stops.
  /// - Parameter curves: of each trial the loss after each epoch; smaller is better. A curve that ends early, or has NaN
  ///   where trials are compared, counts as diverged.
  /// - Throws: ``SearchError`` as ``brackets(trials:epochs:)``.
  public func epochsTrained(curves: [[Double]], epochs: Int) throws(SearchError) -> [Int] {
    var trained = [Int](repeating: epochs, count: curves.count)
    for bracket in try brackets(trials: curves.count, epochs: epochs) {
      var going = bracket.trials
      for (rung, epoch) in bracket.rungs.enumerated() {
        for trial in going { trained[trial] = epoch }
        let losses = going.map { ($0, curves[$0].count >= epoch ? curves[$0][epoch - 1] : .nan) }
        going = bracket.promoted(from: rung, losses: Dictionary(losses, uniquingKeysWith: { $1 }))
      }
    }
    return trained
  }
}

/// Trials that are compared with each other, and when.
public struct Bracket: Sendable, Hashable {
  /// Trials, counted from 0.
  public let trials: [Int]
  /// After how many epochs trials are compared, ascending; the last is the end of the training.
  public let rungs: [Int]
  /// One trial in so many goes on.
  public let reduction: Int

  /// - Parameters:
  ///   - rungs: in any order; the greatest is the end of the training.
  ///   - reduction: less than 2 counts as 2.
  public init(trials: [Int], rungs: [Int], reduction: Int) {
    (self.trials, self.rungs, self.reduction) = (trials, rungs.sorted(), Swift.max(reduction, 2))
  }

  /// The trials that go on from a rung, in their order: the best of those that reached it and have not diverged, one in
  /// ``reduction`` rounded down, but at least one. None goes on from the last rung.
  ///
  /// Of equal trials, the one with the lesser number goes on.
  /// - Parameters:
  ///   - rung: counted from 0.
  ///   - losses: of each trial that reached the rung, after the rung's epoch; smaller is better.
  public func promoted(from rung: Int, losses: [Int: Double]) -> [Int] {
    guard rung < rungs.count - 1 else { return [] }
    func loss(_ trial: Int) -> Double { losses[trial] ?? .nan }
    let sound = trials.filter { loss($0) < .infinity }.sorted { (loss($0), $0) < (loss($1), $1) }
    return sound.prefix(Swift.max(sound.count / reduction, 1)).sorted()
  }
}
