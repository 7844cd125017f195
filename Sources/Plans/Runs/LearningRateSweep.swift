import Foundation

/// The loss of a training whose learning rate grows from step to step (Smith 2017), and the rate that it suggests.
///
/// ```swift
/// let rates = (0..<50).map { pow(10, -5 + Double($0) / 10) }
/// let sweep = LearningRateSweep(rates.map { (rate: $0, loss: $0 < 1 ? 2 / (1 + 20 * $0) : 1 + $0) })
/// print(sweep.steepest ?? .nan)
/// ```
public struct LearningRateSweep: Sendable {
  /// A learning rate, the mean loss of the steps around it, and that of all steps before with weights that fade.
  public struct Point: Sendable, Equatable {
    public let rate: Double
    public let loss: Double
    public let smoothed: Double
  }

  public private(set) var points: [Point] = []
  /// Whether the sweep ended because the loss was no longer finite, or ``limit`` times its least smoothed value.
  public private(set) var hasDiverged = false

  /// How much of the smoothed loss remains from point to point.
  private let fading: Double
  private var sum = 0.0
  private var weight = 0.0

  /// Beyond this multiple of its least value, the smoothed loss has diverged.
  public static let limit = 4.0

  /// - Parameter fading: how much of the smoothed loss remains from one point to the next, 0 or more and below 1.
  public init(fading: Double = 0.9) { self.fading = fading }

  public init(_ losses: [(rate: Double, loss: Double)], fading: Double = 0.9) {
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
    sum = fading * sum + (1 - fading) * loss
    weight = fading * weight + (1 - fading)
    points.append(Point(rate: rate, loss: loss, smoothed: sum / weight))
    // Losses that may be negative have no multiple to compare with.
    if let least = points.map(\.smoothed).min(), least > 0, sum / weight > Self.limit * least { hasDiverged = true }
  }

  /// The point with the least smoothed loss.
  public var lowest: Point? { points.min { $0.smoothed < $1.smoothed } }

  /// The suggested rate: where the smoothed loss falls fastest per factor of the rate, of all rates below the ``lowest``. Nil
  /// if it falls nowhere.
  ///
  /// The slope at a point is that between its two neighbors.
  public var steepest: Double? {
    guard let lowest, let end = points.firstIndex(of: lowest), end >= 2 else { return nil }
    let slopes = (1..<end).map { index in
      let (before, after) = (points[index - 1], points[index + 1])
      return (points[index].rate, (after.smoothed - before.smoothed) / log(after.rate / before.rate))
    }
    guard let best = slopes.min(by: { $0.1 < $1.1 }), best.1 < 0 else { return nil }
    return best.0
  }
}
