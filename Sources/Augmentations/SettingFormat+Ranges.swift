import Configuration

extension SettingFormat where Value == ClosedRange<Double> {
  /// A range written `[low, high]` within `limits`.
  static func range(in limits: ClosedRange<Double>) -> SettingFormat {
    SettingFormat(
      "[low, high] within \(OptionValue.number(limits.lowerBound)) to \(OptionValue.number(limits.upperBound))",
      read: { (options, key, fallback) throws(ConfigurationError) in
        try options.range(key, default: fallback, in: limits)
      },
      write: { .list([.number($0.lowerBound), .number($0.upperBound)]) })
  }

  /// Zoom factors: `[low, high]`, or z for `[1 - z, 1 + z]`.
  static var zoom: SettingFormat {
    let range = range(in: 0.001...1000)
    return SettingFormat(
      range.allowed + ", or z for [1 - z, 1 + z]",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard case .number = try options.peek(key) else {
          return try options.range(key, default: fallback, in: 0.001...1000)
        }
        let amount = try options.number(key, default: 0, in: 0...0.999)
        return (1 - amount)...(1 + amount)
      },
      write: { .list([.number($0.lowerBound), .number($0.upperBound)]) })
  }
}

extension Options {
  /// A range written `[low, high]` within `limits`.
  fileprivate mutating func range(
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

extension Key {
  /// Uniform in a closed range; its upper end is reached by rounding only.
  func uniform(_ shape: Shape, in range: ClosedRange<Double>) -> Tensor {
    uniform(shape) * (range.upperBound - range.lowerBound) + range.lowerBound
  }
}
