/// The one-sided sign-flip test of differences at several looks.
///
/// If the signs of the differences are fair coins whatever their magnitudes, every path of signs is equally likely. By
/// look k, a test at level alpha may have rejected alpha · k / N of the paths: those that it had rejected before, and as
/// many others as there is room for, by descending sum; of paths with equal sums all or none. Room that a larger alpha
/// needs for what it had rejected before is left to it, so that whatever is rejected at some alpha is at every larger
/// one. Each path thus has a smallest alpha, its p value, which never rises from look to look; Holm's method and
/// intervals need that. Neither a distribution nor an approximation is involved.
///
/// Beyond 13 nonzero differences not all paths are enumerated, but those that differ from the observed one by the
/// words of a linear code. They are a group, so the test remains exact (Hemerik and Goeman, "Exact testing with random
/// permutations", 2018, https://doi.org/10.1007/s11749-017-0571-1; Koning and Hemerik, "More efficient exact group
/// invariance testing: using a representative subgroup", 2024, https://doi.org/10.1093/biomet/asad050), and depends on
/// no random numbers.
struct SignFlipLooks {
  /// A binary linear code whose words' places are the powers of x modulo a polynomial that x + 1 divides.
  struct Code: Sendable {
    /// The number of differences up to which all paths are enumerated.
    let bits: Int
    let polynomial: Int

    /// No sum of four powers below the 51st is zero: among 51 differences, the signs of any five are independent over
    /// the code's words.
    static let standard = Code(bits: 13, polynomial: 0x299D)

    /// The place after `column`.
    func next(_ column: Int) -> Int {
      let shifted = column << 1
      return shifted >> bits == 0 ? shifted : shifted ^ polynomial
    }
  }

  /// The smallest alpha at which a path is rejected, as a number of paths that a look has room for: without rounding.
  private struct Level {
    /// Among 2 to the power of the code's bits.
    var place: Int
    /// The seeds of that look.
    var seeds: Int

    /// Of paths that are not rejected at any alpha up to one half.
    static let none = Level(place: .max, seeds: 0)
  }

  private let design: SequentialDesign
  private let code: Code
  /// The paths' sums, by path. The lowest bit of a path's number is its first sign, 1 for plus.
  private var sums: [Int] = [0]
  /// The paths by descending sum.
  private var order: [Int] = [0]
  private var levels: [Level] = [.none]
  private var observed = 0
  private var nonzero = 0
  private var seeds = 0
  /// Differences before the first look.
  private var waiting: [Double] = []
  /// The largest magnitude at the first look, or the first one after it; 0 before.
  private var scale = 0.0
  /// The next difference's place in the code: which signs of a path determine its sign there.
  private var column = 1

  /// - Parameter code: a smaller one makes the test coarser and quicker.
  init(_ design: SequentialDesign, code: Code = .standard) {
    self.design = design
    self.code = code
  }

  /// The smallest alpha at which one of the looks so far rejects; 1 above one half.
  var p: Double { p(of: observed) }

  /// The p value of any path that the observed one is compared with.
  func p(of path: Int) -> Double {
    let level = levels[path]
    guard level.seeds > 0 else { return 1 }
    return Double(level.place) * Double(design.maximum) / (Double(level.seeds) * Double(1 << code.bits))
  }

  /// Takes the next difference, and looks if it is time to.
  mutating func append(_ difference: Double) {
    waiting.append(difference)
    guard seeds + waiting.count >= design.first else { return }
    if scale == 0 { scale = waiting.reduce(0) { Swift.max($0, $1.magnitude) } }
    for next in waiting.map(whole) {
      if next != 0 { extend(by: next) }
      seeds += 1
    }
    waiting = []
    look()
  }

  /// A difference as a whole number, whose sums do not depend on their order. The unit follows from what the first look
  /// saw, so that no later difference changes an earlier look.
  private func whole(_ difference: Double) -> Int {
    guard scale > 0 else { return 0 }
    return Int(Swift.max(-0x1p50, Swift.min(difference / scale * 0x1p40, 0x1p50)).rounded())
  }

  // MARK: - Paths

  private mutating func extend(by difference: Int) {
    let step = abs(difference)
    if nonzero < code.bits {
      let count = sums.count
      if difference > 0 { observed += count }
      levels += levels
      merge(plus: order.map { $0 + count }, minus: order, step: step, into: sums + sums)
    } else {
      let flips = Self.isOdd(observed & column) == (difference > 0)
      var (plus, minus): ([Int], [Int]) = ([], [])
      plus.reserveCapacity(order.count / 2)
      minus.reserveCapacity(order.count / 2)
      for path in order {
        if Self.isOdd(path & column) == flips { plus.append(path) } else { minus.append(path) }
      }
      merge(plus: plus, minus: minus, step: step, into: sums)
    }
    nonzero += 1
    column = code.next(column)
  }

  private static func isOdd(_ word: Int) -> Bool { word.nonzeroBitCount & 1 == 1 }

  /// Both lists stay in order when the same number is added to all their sums.
  private mutating func merge(plus: [Int], minus: [Int], step: Int, into old: [Int]) {
    var sums = old
    for path in plus { sums[path] += step }
    for path in minus { sums[path] -= step }
    var merged: [Int] = []
    merged.reserveCapacity(sums.count)
    var (up, down) = (0, 0)
    while up < plus.count, down < minus.count {
      if sums[plus[up]] >= sums[minus[down]] {
        merged.append(plus[up])
        up += 1
      } else {
        merged.append(minus[down])
        down += 1
      }
    }
    merged += plus[up...]
    merged += minus[down...]
    self.sums = sums
    order = merged
  }

  // MARK: - Looks

  private mutating func look() {
    let paths = sums.count
    let unit = (1 << code.bits) / paths
    // Alpha in steps of one path; above one half nothing is looked for.
    let steps = seeds * paths / (2 * design.maximum)
    var before = [Int](repeating: 0, count: steps + 2)
    let rejected = levels.map { level in
      guard level.seeds > 0 else { return steps + 1 }
      let (step, rest) = (level.place * seeds).quotientAndRemainder(dividingBy: level.seeds * unit)
      if step <= steps { before[step] += 1 }
      return Swift.min(rest == 0 ? step : step + 1, steps + 1)
    }
    let room = Self.room(before, steps)
    // What the differences' last digits and their rounding to whole numbers may add to equal sums.
    let tolerance = 4 * seeds
    // By descending sum, the step at which there is room for a path and all before it that are not rejected yet.
    var (step, waiting) = (0, 0)
    var waitingUntil = [Int](repeating: 0, count: steps + 2)
    var (start, end) = (0, 0)
    while start < paths {
      while end < paths, end == start || sums[order[end - 1]] - sums[order[end]] <= tolerance {
        let path = order[end]
        if rejected[path] > step {
          waiting += 1
          waitingUntil[rejected[path]] += 1
        }
        end += 1
      }
      while step <= steps, waiting > room[step] {
        step += 1
        waiting -= waitingUntil[step]
      }
      guard step <= steps else { return }
      for path in order[start..<end] where rejected[path] > step {
        levels[path] = Level(place: step * unit, seeds: seeds)
      }
      start = end
    }
  }

  /// For each step, how many paths it can reject besides those rejected before, so that it and all later ones keep
  /// room for theirs.
  ///
  /// - Parameter before: how many paths were rejected before at an alpha from each step on and below the next.
  private static func room(_ before: [Int], _ steps: Int) -> [Int] {
    var room: [Int] = []
    var count = 0
    for step in 0...steps {
      count += before[step]
      room.append(step - count)
    }
    for step in stride(from: steps - 1, through: 0, by: -1) { room[step] = Swift.min(room[step], room[step + 1]) }
    return room
  }
}
