/// Monomials of a series' present and past values, each with a name: what a nonlinear vector autoregression is linear
/// in.
///
/// ```swift
/// let features = DelayFeatures(channels: 2, delays: 2, orders: [1, 2])
/// print(features.names(of: ["x", "y"]).prefix(6))
/// // ["x[t]", "y[t]", "x[t-1]", "y[t-1]", "x[t]²", "x[t]·y[t]"]
/// ```
public struct DelayFeatures: Sendable, Hashable, Codable {
  public let channels: Int
  /// How many values of each channel, the present one among them.
  public let delays: Int
  /// Steps from one of them to the next.
  public let stride: Int
  /// The orders of the monomials: 1 for the values themselves, 2 for products of two, ….
  public let orders: [Int]

  public init(channels: Int, delays: Int = 2, stride: Int = 1, orders: [Int] = [1, 2]) {
    (self.channels, self.delays, self.stride) = (channels, delays, stride)
    self.orders = Set(orders).sorted()
  }

  /// - Throws: ``ReservoirError/setting(name:value:allowed:)``.
  func check() throws(ReservoirError) {
    for (name, value, limit) in [
      ("channels", channels, 100_000), ("delays", delays, 10_000), ("stride", stride, 100_000),
    ]
    where !(1...limit).contains(value) {
      throw .setting(name: name, value: "\(value)", allowed: "in 1...\(limit)")
    }
    guard !orders.isEmpty, orders.allSatisfy({ (1...6).contains($0) }) else {
      throw .setting(name: "orders", value: "\(orders)", allowed: "one or more of 1...6")
    }
    // The number of monomials of order n of m values is (m + n - 1)! / ((m - 1)!·n!).
    let count = orders.reduce(0.0) { sum, order in
      sum + (0..<order).reduce(1.0) { $0 * Double(linearCount + $1) / Double($1 + 1) }
    }
    guard count <= 50_000 else {
      throw .setting(name: "delays and orders", value: "\(Int(count)) monomials", allowed: "50000 monomials at most")
    }
  }

  /// Present and past values.
  public var linearCount: Int { channels * delays }

  /// The steps before the first one that has all its past.
  public var firstStep: Int { (delays - 1) * stride }

  /// How many features there are.
  public var count: Int { monomials.count }

  /// Each feature's factors: numbers of values, the present ones of all channels first, then those a stride before, ….
  public var monomials: [[Int]] { orders.flatMap { Self.combinations(of: linearCount, order: $0) } }

  /// Lists that don't decrease, in their order.
  private static func combinations(of count: Int, order: Int) -> [[Int]] {
    guard order > 0 else { return [[]] }
    return combinations(of: count, order: order - 1).flatMap { head in ((head.last ?? 0)..<count).map { head + [$0] } }
  }

  /// The features' names, with `channels` or `x0`, `x1`, … for the channels.
  public func names(of channels: [String] = []) -> [String] {
    let known = (0..<self.channels).map { channels.indices.contains($0) ? channels[$0] : "x\($0)" }
    let values = (0..<delays).flatMap { delay in
      known.map { delay == 0 ? "\($0)[t]" : "\($0)[t-\(delay * stride)]" }
    }
    return monomials.map { factors in
      var parts: [(value: Int, power: Int)] = []
      for factor in factors {
        if parts.last?.value == factor { parts[parts.count - 1].power += 1 } else { parts.append((factor, 1)) }
      }
      return parts.map { values[$0.value] + ($0.power > 1 ? Self.superscripts[$0.power] : "") }.joined(separator: "·")
    }
  }

  private static let superscripts = ["", "", "²", "³", "⁴", "⁵", "⁶"]

  /// The features `[rows, count]` of present and past values `[rows, linearCount]`.
  func features(of linear: Tensor) -> Tensor {
    let products: [Tensor] = orders.map { order in
      let values = factors(order, linear)
      return values.dropFirst().reduce(values[0]) { $0 * $1 }
    }
    return Tensor.concatenate(products, axis: 1)
  }

  /// For each place in the monomials of an order the columns that stand there.
  private func factors(_ order: Int, _ linear: Tensor) -> [Tensor] {
    let monomials = Self.combinations(of: linearCount, order: order)
    if order == 1 { return [linear] }
    return (0..<order).map { place in
      linear.take(Tensor(monomials.map { Int32($0[place]) }, shape: [monomials.count]), axis: 1)
    }
  }
}
