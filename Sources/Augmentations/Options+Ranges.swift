import Configuration

extension Options {
  /// A probability.
  mutating func probability(_ key: String, default fallback: Double) throws(ConfigurationError) -> Double {
    try number(key, default: fallback, in: 0...1)
  }

  /// A range written `[low, high]` within `limits`.
  mutating func range(
    _ key: String, default fallback: ClosedRange<Double>, in limits: ClosedRange<Double>
  ) throws(ConfigurationError) -> ClosedRange<Double> {
    let origin = origin(of: key)
    let ends = try numbers(key, default: [fallback.lowerBound, fallback.upperBound])
    let text = OptionValue.list(ends.map(OptionValue.number)).description
    guard ends.count == 2 else {
      throw .wrongType(key: key, expected: "a range, [low, high]", found: text, origin: origin)
    }
    guard ends[0] <= ends[1] else {
      throw .outOfRange(key: key, value: text, range: "[low, high], with the lower end first", origin: origin)
    }
    guard limits.contains(ends[0]), limits.contains(ends[1]) else {
      throw .outOfRange(
        key: key, value: text, range: "within \(limits.lowerBound)...\(limits.upperBound)", origin: origin)
    }
    return ends[0]...ends[1]
  }
}

extension ClosedRange<Double> {
  /// The range in the notation of options.
  var notation: String { OptionValue.list([.number(lowerBound), .number(upperBound)]).description }
}

extension Key {
  /// Uniform in a closed range; its upper end is reached by rounding only.
  func uniform(_ shape: Shape, in range: ClosedRange<Double>) -> Tensor {
    uniform(shape) * (range.upperBound - range.lowerBound) + range.lowerBound
  }
}
