/// Trees that split the unit cube into boxes of similar values, each grown from a resample of the points, and what they say
/// of each coordinate.
struct RegressionForest {
  /// The share of the variance that each coordinate explains by itself, the mean over trees.
  let mainEffects: [Double]
  /// 1 minus the squared error for points outside a tree's resample, relative to the values' variance.
  let predicted: Double

  private static let trees = 64

  /// - Parameters:
  ///   - points: at least two, all with the same number of coordinates from 0 to 1.
  ///   - values: one per point, finite.
  init(points: [[Double]], values: [Double], seed: UInt64) {
    var random = Philox(seed: seed, stream: .forests)
    let dimensions = points[0].count
    var (effects, grown) = ([Double](repeating: 0, count: dimensions), 0.0)
    var (predictions, counts) = (
      [Double](repeating: 0, count: points.count), [Double](repeating: 0, count: points.count)
    )
    for _ in 0..<Self.trees {
      let drawn = points.indices.map { _ in random.index(below: points.count) }
      let tree = RegressionTree(points, values, drawn)
      if let shares = tree.mainEffects(dimensions) {
        for dimension in 0..<dimensions { effects[dimension] += shares[dimension] }
        grown += 1
      }
      let seen = Set(drawn)
      for place in points.indices where !seen.contains(place) {
        predictions[place] += tree.value(at: points[place])
        counts[place] += 1
      }
    }
    mainEffects = effects.map { grown > 0 ? $0 / grown : 0 }
    let outside = points.indices.filter { counts[$0] > 0 }
    let mean = outside.reduce(0) { $0 + values[$1] } / Double(outside.count)
    var (error, spread) = (0.0, 0.0)
    for place in outside {
      let (miss, offset) = (values[place] - predictions[place] / counts[place], values[place] - mean)
      error += miss * miss
      spread += offset * offset
    }
    predicted = spread > 0 ? 1 - error / spread : 0
  }
}

/// Boxes that cover the unit cube, each with the mean of the values in it.
private struct RegressionTree {
  private struct Leaf {
    var low: [Double]
    var high: [Double]
    var value: Double

    func width(_ dimension: Int) -> Double { high[dimension] - low[dimension] }

    var volume: Double { low.indices.reduce(1) { $0 * width($1) } }
  }

  private var leaves: [Leaf] = []

  init(_ points: [[Double]], _ values: [Double], _ drawn: [Int]) {
    let dimensions = points[0].count
    var open = [
      (
        places: drawn,
        box: Leaf(low: .init(repeating: 0, count: dimensions), high: .init(repeating: 1, count: dimensions), value: 0)
      )
    ]
    while let (places, whole) = open.popLast() {
      var box = whole
      guard let (dimension, cut) = Self.split(points, values, places) else {
        box.value = places.reduce(0) { $0 + values[$1] } / Double(places.count)
        leaves.append(box)
        continue
      }
      var upper = box
      (box.high[dimension], upper.low[dimension]) = (cut, cut)
      open.append((places.filter { points[$0][dimension] < cut }, box))
      open.append((places.filter { points[$0][dimension] >= cut }, upper))
    }
  }

  /// The cut that leaves the least squared error, with three points or more on either side; nil if none lowers it.
  private static func split(
    _ points: [[Double]], _ values: [Double], _ places: [Int]
  ) -> (dimension: Int, cut: Double)? {
    let least = 3
    guard places.count >= 2 * least else { return nil }
    let mean = places.reduce(0) { $0 + values[$1] } / Double(places.count)
    var best: (dimension: Int, cut: Double)?
    var greatest = 1e-12 * places.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
    for dimension in points[0].indices {
      let sorted = places.sorted { points[$0][dimension] < points[$1][dimension] }
      var sum = 0.0
      for count in 1...places.count - least {
        sum += values[sorted[count - 1]] - mean
        let (below, above) = (points[sorted[count - 1]][dimension], points[sorted[count]][dimension])
        guard count >= least, below < above else { continue }
        // What the means of both sides explain; the deviations of the other side add up to the negative.
        let gain = sum * sum * (1 / Double(count) + 1 / Double(places.count - count))
        if gain > greatest { (greatest, best) = (gain, (dimension, (below + above) / 2)) }
      }
    }
    return best
  }

  func value(at point: [Double]) -> Double {
    leaves.first { leaf in
      point.indices.allSatisfy { point[$0] >= leaf.low[$0] && (point[$0] < leaf.high[$0] || leaf.high[$0] == 1) }
    }?.value ?? 0
  }

  /// The variance of each coordinate's marginal mean over that of the tree, both exact; nil for a constant tree.
  func mainEffects(_ dimensions: Int) -> [Double]? {
    let mean = leaves.reduce(0) { $0 + $1.volume * $1.value }
    let variance = leaves.reduce(0) { $0 + $1.volume * ($1.value - mean) * ($1.value - mean) }
    guard variance > 0 else { return nil }
    return (0..<dimensions).map { dimension in
      let cuts = Set(leaves.flatMap { [$0.low[dimension], $0.high[dimension]] }).sorted()
      var sum = 0.0
      for (low, high) in zip(cuts, cuts.dropFirst()) {
        var marginal = 0.0
        for leaf in leaves where leaf.low[dimension] <= low && leaf.high[dimension] >= high {
          marginal += leaf.volume / leaf.width(dimension) * leaf.value
        }
        sum += (high - low) * (marginal - mean) * (marginal - mean)
      }
      return sum / variance
    }
  }
}
