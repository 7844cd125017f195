import Configuration
import Statistics

/// That a study trains seeds until every comparison is decided, or all seeds of the plan are trained.
///
/// After each seed that all arms have ended, the comparisons are tested as `SequentialDesign` does, which keeps the
/// false-positive rate however often it looks. An arm whose comparison is decided gets no further seeds; its baseline
/// does as long as another arm needs it.
///
/// ```swift
/// var plan = StudyPlan(
///   name: "rates", base: ["data": "mnist", "epochs": "10"],
///   arms: [Arm("sgd") { $0.optimizer = SGD() }, Arm("adam") { $0.optimizer = Adam() }], seeds: Array(0..<40))
/// plan.untilDecided = UntilDecided()
/// plan.margin = 0.002
/// ```
public struct UntilDecided: Sendable, Hashable {
  /// The seeds to train before the first look; nil for as few as can decide anything.
  public let first: Int?
  /// Where it was written.
  public let origin: String

  public init(first: Int? = nil, origin: String = "") {
    self.first = first
    self.origin = origin
  }

  /// Designs are equal wherever they were written.
  public static func == (one: UntilDecided, other: UntilDecided) -> Bool { one.first == other.first }

  public func hash(into hasher: inout Hasher) { hasher.combine(first) }
}

extension SeedList {
  /// Whether a text is meant to be read by ``init(untilDecided:first:origin:)``.
  static func isUntilDecided(_ text: String) -> Bool { text.drop(while: \.isWhitespace).hasPrefix("until") }

  /// Reads `until decided (at most 40)`, or `until decided (first 10, at most 0..39)`.
  init(untilDecided text: String, first seed: Int, origin: String) throws(ConfigurationError) {
    func mismatch() -> ConfigurationError {
      .wrongType(
        key: "seeds", expected: "'until decided (at most 40)' or 'until decided (first 10, at most 40)'",
        found: "'\(text)'", origin: origin)
    }
    guard let match = text.wholeMatch(of: #/\s*until\s+decided\s*\((.*)\)\s*/#) else { throw mismatch() }
    var (seeds, first): ([Int]?, Int?)
    for part in match.1.split(separator: #/,(?![^\[]*\])/#) {
      if let most = part.wholeMatch(of: #/\s*at\s+most\s+(\S.*?)\s*/#), seeds == nil {
        seeds = try SeedList(parsing: String(most.1), first: seed, origin: origin).seeds
      } else if let number = part.wholeMatch(of: #/\s*first\s+(\d{1,6})\s*/#), first == nil {
        first = Int(number.1)
      } else {
        throw mismatch()
      }
    }
    guard let seeds else { throw mismatch() }
    if let first, !(1...seeds.count).contains(first) {
      throw .outOfRange(
        key: "first", value: "\(first)", range: "in 1...\(seeds.count), the seeds of the plan", origin: origin)
    }
    self.init(seeds, untilDecided: UntilDecided(first: first, origin: origin))
  }

  /// What ``init(parsing:first:origin:)`` reads.
  package static func text(_ seeds: [Int], untilDecided: UntilDecided) -> String {
    let isRange = zip(seeds, seeds.dropFirst()).allSatisfy { $1 == $0 + 1 }
    let list = "[\(seeds.map(String.init).joined(separator: ", "))]"
    let range = isRange ? "\(seeds.first ?? 0)..\(seeds.last ?? 0)" : list
    let most = isRange && seeds.first == 0 ? "\(seeds.count)" : range
    return "until decided (\(untilDecided.first.map { "first \($0), " } ?? "")at most \(most))"
  }
}

extension StudyPlan {
  /// How often comparisons of equal arms may be decided wrongly.
  static let alpha = 0.05

  /// How seeds are looked at; nil for a plan that trains all of them.
  /// - Throws: `ConfigurationError` for fewer seeds than could decide anything, or more than a design may have; and as
  ///   ``plannedArms()`` does.
  public func sequentialDesign() throws(ConfigurationError) -> SequentialDesign? {
    guard let untilDecided else { return nil }
    let comparisons = try plannedArms().count { $0.baseline != nil }
    guard comparisons > 0 else {
      throw .invalid(
        message: "there is nothing to decide: seeds until decided take two arms or more", origin: untilDecided.origin)
    }
    do {
      return try SequentialDesign(
        maximum: seeds.count, first: untilDecided.first, alpha: Self.alpha, comparisons: comparisons)
    } catch {
      guard case .outOfRange(let option, let value, let allowed) = error else {
        throw .invalid(message: error.description, origin: untilDecided.origin)
      }
      throw .outOfRange(
        key: option == "first" ? "first" : "at most", value: "\(Int(value))", range: allowed,
        origin: untilDecided.origin)
    }
  }
}
