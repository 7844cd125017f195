import Statistics

extension PrimaryMetric: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, better, reading
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(better.rawValue, forKey: .better)
    try container.encode(reading.rawValue, forKey: .reading)
  }

  /// What is better, in the words of the statistics.
  var direction: BetterDirection { better == .higher ? .higher : .lower }
}
