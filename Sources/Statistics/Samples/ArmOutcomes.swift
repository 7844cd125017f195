/// One arm of a study: the value a metric reached for each seed.
public struct ArmOutcomes: Sendable, Equatable, Encodable {
  public var name: String
  /// By seed. NaN and infinities stand for diverged runs.
  public var values: [Int: Double]

  public init(_ name: String, values: [Int: Double]) {
    self.name = name
    self.values = values
  }

  /// The values without their seeds, in the order of the seeds.
  ///
  /// - Throws: `StatisticsError.empty` if there are none.
  public func outcomes() throws(StatisticsError) -> Outcomes {
    if values.isEmpty { throw .empty(what: "runs of the arm '\(name)'") }
    return Outcomes(checked: inSeedOrder)
  }

  var inSeedOrder: [Double] { values.sorted { $0.key < $1.key }.map(\.value) }
}
