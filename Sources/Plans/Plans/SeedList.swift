import Configuration

/// Seeds as people write them: `5` for so many, `0..9` for a range, `[10, 11]` or `10,11` for a list.
public struct SeedList: Sendable, Hashable {
  public let seeds: [Int]

  /// - Parameters:
  ///   - first: where a number of seeds begins to count.
  ///   - origin: where the value was written.
  /// - Throws: `ConfigurationError` for what is none of these, for no seeds, and for more than a study may have.
  public init(_ value: OptionValue, first: Int = 0, origin: String = "") throws(ConfigurationError) {
    if case .list(let values) = value {
      var seeds: [Int] = []
      for value in values {
        if let range = try Self.range(value, origin: origin) {
          seeds += range
        } else {
          seeds.append(try Self.seed(value, origin: origin))
        }
        guard seeds.count <= StudyPlan.runLimit else { throw Self.tooMany(value, origin) }
      }
      guard !seeds.isEmpty else { throw .invalid(message: "there are no seeds", origin: origin) }
      self.seeds = seeds
    } else if let range = try Self.range(value, origin: origin) {
      seeds = Array(range)
    } else {
      guard case .number(let number) = value.meaning, let count = Int(exactly: number) else {
        throw Self.mismatch(value, origin)
      }
      guard count > 0 else {
        throw .invalid(message: "there are no seeds: a number says how many, [0] is the seed 0", origin: origin)
      }
      guard count <= StudyPlan.runLimit, (0...Int(UInt32.max)).contains(first) else {
        throw Self.tooMany(value, origin)
      }
      seeds = Array(first..<first + count)
    }
  }

  /// - Parameter text: as on a command line.
  public init(parsing text: String, first: Int = 0, origin: String = "") throws(ConfigurationError) {
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
      key: "seeds", expected: "a number of seeds (5), a range (0..9) or a list ([10, 11])", found: "\(value)",
      origin: origin)
  }

  private static func tooMany(_ value: OptionValue, _ origin: String) -> ConfigurationError {
    .outOfRange(key: "seeds", value: "\(value)", range: "\(StudyPlan.runLimit) seeds at most", origin: origin)
  }
}
