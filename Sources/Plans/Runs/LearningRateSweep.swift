import Foundation

/// The loss of a training whose learning rate grows from step to step (Smith 2017), and the rate that it suggests.
///
/// ```swift
/// let rates = (0..<50).map { pow(10, -5 + Double($0) / 10) }
/// let sweep = LearningRateSweep(rates.map { (rate: $0, loss: $0 < 1 ? 2 / (1 + 20 * $0) : 1 + $0) })
/// print(sweep.steepest ?? .nan)
/// ```
public struct LearningRateSweep: Sendable {
  /// A learning rate, and the mean loss of the steps around it.
  public struct Point: Sendable, Equatable {
    public let rate: Double
    public let loss: Double

    public init(rate: Double, loss: Double) { (self.rate, self.loss) = (rate, loss) }
  }

  public private(set) var points: [Point] = []
  /// Whether the sweep ended because the loss was no longer finite, or ``limit`` times its least value, both smoothed over
  /// what came before.
  public private(set) var hasDiverged = false

  /// How much less a loss counts from point to point.
  private let fading: Double
  private var sum = 0.0
  private var weight = 0.0
  private var least = Double.infinity

  /// Beyond this multiple of its least value, the loss has diverged.
  public static let limit = 4.0

  /// - Parameter fading: how much less a loss counts in the smoothed one from point to point, 0 or more and below 1.
  public init(fading: Double = 0.8) { self.fading = fading }

  public init(_ losses: [(rate: Double, loss: Double)], fading: Double = 0.8) {
    self.init(fading: fading)
    for (rate, loss) in losses where !hasDiverged { add(loss, at: rate) }
  }

  /// Adds the loss at the next greater rate; nothing is added once it has diverged.
  public mutating func add(_ loss: Double, at rate: Double) {
    guard !hasDiverged else { return }
    guard loss.isFinite else {
      hasDiverged = true
      return
    }
    points.append(Point(rate: rate, loss: loss))
    (sum, weight) = (fading * sum + loss, fading * weight + 1)
    least = Swift.min(least, sum / weight)
    // Losses that may be negative have no multiple to compare with.
    hasDiverged = least > 0 && sum / weight > Self.limit * least
  }

  /// The losses averaged with those of both sides, which count less the further they are away: a smoothing that neither lags
  /// behind nor depends on where the sweep began. A loss beyond twice the first one counts as that, so that where it explodes
  /// doesn't hide where it was least.
  public var smoothed: [Double] {
    func faded(_ losses: some Sequence<Double>) -> [(sum: Double, weight: Double)] {
      var last = (sum: 0.0, weight: 0.0)
      return losses.map { loss in
        last = (fading * last.sum + loss, fading * last.weight + 1)
        return last
      }
    }
    let greatest = points.first.map { 2 * $0.loss.magnitude } ?? 0
    let losses = points.map { Swift.min($0.loss, greatest) }
    return zip(losses, zip(faded(losses), faded(losses.reversed()).reversed())).map { loss, sides in
      (sides.0.sum + sides.1.sum - loss) / (sides.0.weight + sides.1.weight - 1)
    }
  }

  /// The rate with the least smoothed loss, and that loss.
  public var lowest: Point? {
    zip(points, smoothed).map { Point(rate: $0.rate, loss: $1) }.min { $0.loss < $1.loss }
  }

  /// The suggested rate: where the smoothed loss falls fastest per factor of the rate. Nil if it falls nowhere.
  ///
  /// Rates that count lead from the last at which less than a tenth of the fall was done, so that noise before it isn't
  /// taken for a fall, to the ``lowest``. The slope at a point is that between its two neighbors.
  public var steepest: Double? {
    let smoothed = smoothed
    guard let end = smoothed.indices.min(by: { smoothed[$0] < smoothed[$1] }), end >= 2 else { return nil }
    let begun = smoothed[0] - 0.1 * (smoothed[0] - smoothed[end])
    let start = smoothed[..<end].lastIndex { $0 >= begun } ?? 0
    let slopes = (Swift.min(Swift.max(start, 1), end - 1)..<end).map { index in
      let (before, after) = (index - 1, index + 1)
      return (points[index].rate, (smoothed[after] - smoothed[before]) / log(points[after].rate / points[before].rate))
    }
    guard let best = slopes.min(by: { $0.1 < $1.1 }), best.1 < 0 else { return nil }
    return best.0
  }
}
