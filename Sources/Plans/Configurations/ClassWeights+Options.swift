import Configuration

extension Options {
  /// Takes `balanced`, `none` or one number per class.
  mutating func classWeights(_ key: String) throws(ConfigurationError) -> ClassWeights? {
    switch try peek(key) {
    case nil, .text("none"):
      _ = take(key)
      return nil
    case .text("balanced"):
      _ = take(key)
      return .balanced
    case .text(let word):
      throw .outOfRange(
        key: key, value: word, range: "balanced, none or one number per class", origin: origin(of: key))
    default: break
    }
    let origin = origin(of: key)
    let values = try numbers(key, default: [])
    guard values.allSatisfy({ $0 >= 0 && $0.isFinite }), values.contains(where: { $0 > 0 }) else {
      throw .outOfRange(
        key: key, value: OptionValue.list(values.map(OptionValue.number)).description,
        range: "finite numbers, 0 or more and not all 0", origin: origin)
    }
    return .values(values)
  }
}

extension OptionValue {
  /// What ``Options/classWeights(_:)`` takes.
  init(_ weights: ClassWeights) {
    switch weights {
    case .balanced: self = .text("balanced")
    case .values(let values): self = .list(values.map(OptionValue.number))
    }
  }
}
