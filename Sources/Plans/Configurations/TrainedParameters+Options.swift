import Configuration

/// What happens to running statistics whose path a freeze pattern matches.
public enum FrozenStatistics: String, Sendable, Hashable, CaseIterable {
  /// They stay as they are, and batch normalization computes with them as outside of training, as in Keras.
  case fixed
  /// They follow the batches, as in PyTorch's training mode.
  case updated
}

extension Options {
  /// Takes regular expressions of paths; none where there are no paths to match.
  mutating func patterns(_ key: String) throws(ConfigurationError) -> [String] {
    let origin = origin(of: key)
    guard has(key), !isNone(key) else { return [] }
    let patterns = try texts(key, default: [])
    _ = try PathFilter(including: patterns, origin: origin)
    return patterns
  }

  /// Takes `'pattern: factor'`, one or several.
  mutating func learningRateFactors(_ key: String) throws(ConfigurationError) -> [LearningRateFactor] {
    let origin = origin(of: key)
    guard has(key), !isNone(key) else { return [] }
    var factors: [LearningRateFactor] = []
    for text in try texts(key, default: []) {
      guard let colon = text.lastIndex(of: ":"),
        let factor = Double(text[text.index(after: colon)...].filter { !$0.isWhitespace })
      else {
        throw .wrongType(
          key: key, expected: "a pattern of paths with a factor, 'layer1: 0.1'", found: "'\(text)'", origin: origin)
      }
      let pattern = text[..<colon].reversed().drop(while: \.isWhitespace).reversed()
      factors.append(try LearningRateFactor(String(pattern), factor, origin: origin))
    }
    return factors
  }

  /// Takes a number above 0, at most 1; `none` and 1 are no decay.
  mutating func layerDecay(_ key: String) throws(ConfigurationError) -> Double? {
    guard has(key), !isNone(key) else { return nil }
    let origin = origin(of: key)
    let decay = try number(key, default: 1, in: 0...1)
    guard decay > 0 else {
      throw .outOfRange(key: key, value: "0", range: "above 0 and at most 1", origin: origin)
    }
    return decay == 1 ? nil : decay
  }

  private mutating func isNone(_ key: String) -> Bool {
    guard (try? peek(key)) == .text("none") else { return false }
    _ = take(key)
    return true
  }
}

extension LearningRateFactor {
  /// What ``Options/learningRateFactors(_:)`` takes.
  var text: String { "\(pattern): \(OptionValue.number(factor))" }
}
