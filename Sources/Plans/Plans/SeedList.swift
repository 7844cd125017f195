import Configuration

/// Seeds as people write them: `5` for so many, `0..9` for a range, `[10, 11]` or `10,11` for a list, and
/// `until decided (at most 40)` for as many of them as it takes.
public struct SeedList: Sendable, Hashable {
  public let seeds: [Int]
  /// Whether they are trained until comparisons are decided; nil where all of them are.
  public let untilDecided: UntilDecided?

  public init(_ seeds: [Int], untilDecided: UntilDecided? = nil) {
    self.seeds = seeds
    self.untilDecided = untilDecided
  }

  /// - Parameters:
  ///   - first: where a number of seeds begins to count.
  ///   - origin: where the value was written.
  /// - Throws: `ConfigurationError` for what is none of these, for no seeds, and for more than a study may have.
  public init(_ value: OptionValue, first: Int = 0, origin: String = "") throws(ConfigurationError) {
    if case .text(let text) = value, Self.isUntilDecided(text) {
      try self.init(untilDecided: text, first: first, origin: origin)
    } else {
      self.init(try Self.seeds(value, first: first, origin: origin))
    }
  }

  /// - Parameter text: as on a command line.
  public init(parsing text: String, first: Int = 0, origin: String = "") throws(ConfigurationError) {
    if Self.isUntilDecided(text) {
      try self.init(untilDecided: text, first: first, origin: origin)
      return
    }
    let isList = text.contains(",") && !text.contains("[")
    try self.init(
      OptionValue(parsing: isList ? "[\(text)]" : text, origin: origin), first: first, origin: origin)
  }

  /// "0–9, 12".
  package static func ranges(_ seeds: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for seed in seeds.sorted() {
      if let last = runs.last, last.upperBound < Int.max, seed == last.upperBound + 1 {
        runs[runs.count - 1] = last.lowerBound...seed
      } else if runs.last?.contains(seed) != true {
        runs.append(seed...seed)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }.joined(separator: ", ")
  }

  private static func seeds(_ value: OptionValue, first: Int, origin: String) throws(ConfigurationError) -> [Int] {
    if case .list(let values) = value {
      var seeds: [Int] = []
      for value in values {
        if let range = try range(value, origin: origin) {
          seeds += range
        } else {
          seeds.append(try seed(value, origin: origin))
        }
        guard seeds.count <= StudyPlan.runLimit else { throw tooMany(value, origin) }
      }
      guard !seeds.isEmpty else { throw .invalid(message: "there are no seeds", origin: origin) }
      return seeds
    }
    if let range = try range(value, origin: origin) { return Array(range) }
    guard case .number(let number) = value.meaning, let count = Int(exactly: number) else {
      throw mismatch(value, origin)
    }
    guard count > 0 else {
      throw .invalid(message: "there are no seeds: a number says how many, [0] is the seed 0", origin: origin)
    }
    guard count <= StudyPlan.runLimit, (0...Int(UInt32.max)).contains(first) else { throw tooMany(value, origin) }
    return Array(first..<first + count)
  }

  private static func seed(_ value: OptionValue, origin: String) throws(ConfigurationError) -> Int {
    guard case .number(let number) = value.meaning, let seed = Int(exactly: number), seed >= 0 else {
      throw mismatch(value, origin)
    }
    return seed
  }

  private static func range(_ value: OptionValue, origin: String) throws(ConfigurationError) -> ClosedRange<Int>? {
    guard case .text(let text) = value else { return nil }
    guard let match = text.wholeMatch(of: #/(\d+)\.\.\.?(\d+)/#), let low = Int(match.1), let high = Int(match.2),
      low <= high
    else { throw mismatch(value, origin) }
    guard high - low < StudyPlan.runLimit else { throw tooMany(value, origin) }
    return low...high
  }

  private static func mismatch(_ value: OptionValue, _ origin: String) -> ConfigurationError {
    .wrongType(
      key: "seeds",
      expected: "a number of seeds (5), a range (0..9), a list ([10, 11]) or 'until decided (at most 40)'",
      found: "\(value)",
      origin: origin)
  }

  private static func tooMany(_ value: OptionValue, _ origin: String) -> ConfigurationError {
    .outOfRange(key: "seeds", value: "\(value)", range: "\(StudyPlan.runLimit) seeds at most", origin: origin)
  }
}
