import Foundation

/// A density over the points of a space: a kernel around each observed point, and one over the whole space, the prior.
///
/// A kernel is a product over settings, so that the mixture keeps what depends on what: a normal distribution, cut off
/// at the ends, for numbers (its mass over the cell for whole numbers), and probabilities for choices.
struct ParzenMixture {
  /// One setting's part of all kernels.
  private enum Axis {
    case numbers(scale: any SearchScale, centres: [Double], widths: [Double], logMasses: [Double])
    /// Of each kernel, the logarithms of the probabilities.
    case choices(scale: any SearchScale, logProbabilities: [[Double]])
  }

  private let axes: [Axis]
  private let weights: [Double]

  /// - Parameters:
  ///   - points: the oldest first; what is long ago counts less.
  ///   - scales: one per coordinate.
  init(_ points: [[Double]], scales: [any SearchScale]) {
    let shares = Self.weights(points.count) + [1]
    let total = shares.reduce(0, +)
    weights = shares.map { $0 / total }
    axes = scales.enumerated().map { setting, scale in
      let values = points.map { $0[setting] }
      guard let count = scale.choiceCount else { return Self.numbers(values, scale) }
      // Falls with the number of kernels, but slowly: a choice that was never good must still be drawn now and then.
      let prior = 1 / Double(values.count + 1).squareRoot()
      let rows = values.map { value in
        let chosen = Self.choice(value, of: count)
        return (0..<count).map { log((($0 == chosen ? 1 : 0) + prior) / (1 + prior * Double(count))) }
      }
      return .choices(scale: scale, logProbabilities: rows + [[Double](repeating: -log(Double(count)), count: count)])
    }
  }

  /// The logarithm of the density at a point; of probability where values are discrete.
  func logDensity(at point: [Double]) -> Double {
    var logarithms = weights.map { log($0) }
    for (axis, coordinate) in zip(axes, point) {
      switch axis {
      case .choices(_, let rows):
        let choice = Self.choice(coordinate, of: rows[0].count)
        for kernel in logarithms.indices { logarithms[kernel] += rows[kernel][choice] }
      case .numbers(let scale, let centres, let widths, let logMasses):
        let cell = scale.cell(around: coordinate)
        for kernel in logarithms.indices {
          let (centre, width) = (centres[kernel], widths[kernel])
          logarithms[kernel] -= logMasses[kernel]
          if cell.lowerBound < cell.upperBound {
            logarithms[kernel] += log(Self.mass(from: cell.lowerBound, to: cell.upperBound, centre, width))
          } else {
            let distance = (coordinate - centre) / width
            logarithms[kernel] -= distance * distance / 2 + log(width)
          }
        }
      }
    }
    // The prior's is finite everywhere.
    let greatest = logarithms.reduce(-Double.infinity) { Swift.max($0, $1) }
    return greatest + log(logarithms.reduce(0) { $0 + exp($1 - greatest) })
  }

  /// A point drawn from the density: of a kernel by its weight, and of that kernel's distributions.
  func draw(_ random: inout PCG64) -> [Double] {
    let kernel = Self.index(of: random.unit(), in: weights)
    return axes.map { axis in
      switch axis {
      case .choices(_, let rows):
        let choice = Self.index(of: random.unit(), in: rows[kernel].map { exp($0) })
        return (Double(choice) + 0.5) / Double(rows[kernel].count)
      case .numbers(_, let centres, let widths, _):
        // Centres lie inside and no width exceeds 1, so that a third of the draws or more do too.
        while true {
          let coordinate = centres[kernel] + widths[kernel] * random.normal()
          if coordinate >= 0, coordinate <= 1 { return coordinate }
        }
      }
    }
  }

  /// Each kernel is as wide as the greater distance to its neighbours, within limits that narrow with their number.
  private static func numbers(_ values: [Double], _ scale: any SearchScale) -> Axis {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    let sorted = [0] + order.map { values[$0] } + [1]
    let least = 0.75 / Swift.min(100, Double(values.count + 2))
    var widths = [Double](repeating: 1, count: values.count)
    for (rank, place) in order.enumerated() {
      let (below, above) = (sorted[rank + 1] - sorted[rank], sorted[rank + 2] - sorted[rank + 1])
      // The ends of the scale are no neighbours, unless there are no others.
      let isAlone = order.count == 1
      let gap =
        rank == 0 && !isAlone ? above : rank == order.count - 1 && !isAlone ? below : Swift.max(below, above)
      widths[place] = Swift.min(Swift.max(gap, least), 1)
    }
    let (centres, all) = (values + [0.5], widths + [1])
    return .numbers(
      scale: scale, centres: centres, widths: all,
      logMasses: zip(centres, all).map { log(mass(from: 0, to: 1, $0, $1)) })
  }

  /// The last 25 count fully, those before less the older they are.
  private static func weights(_ count: Int) -> [Double] {
    (0..<count).map { place in
      let old = count - 25
      guard place < old else { return 1 }
      return old == 1
        ? 1 / Double(count) : 1 / Double(count) + Double(place) / Double(old - 1) * (1 - 1 / Double(count))
    }
  }

  private static func mass(from low: Double, to high: Double, _ centre: Double, _ width: Double) -> Double {
    let unit = width * 2.0.squareRoot()
    let (start, end) = ((low - centre) / unit, (high - centre) / unit)
    // In the tail whose values are small, which keep their digits.
    return start > 0 ? (erfc(start) - erfc(end)) / 2 : (erfc(-end) - erfc(-start)) / 2
  }

  private static func choice(_ coordinate: Double, of count: Int) -> Int {
    Swift.min(Int(coordinate * Double(count)), count - 1)
  }

  /// Where a number below 1 falls among shares that add up to 1.
  private static func index(of number: Double, in shares: [Double]) -> Int {
    var rest = number
    for (place, share) in shares.enumerated() {
      rest -= share
      if rest < 0 { return place }
    }
    return shares.count - 1
  }
}
