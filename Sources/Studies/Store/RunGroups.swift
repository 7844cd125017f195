/// Which runs of a study one program may train: those of a ``RunConfiguration/family``, in the plan's order, as many as a program takes.
///
/// The plan decides, and not who claims runs at what moment, because the last bits of a run depend on what it is trained with.
/// Trials and final runs of a search become known arm by arm, so that there the groups are an arm's own.
struct RunGroups {
  /// Runs in one program at most: each keeps its parameters, gradients and activations on the device.
  static let limit = 32

  private struct Kind: Hashable {
    let family: String
    let arm: String?
    let isTrial: Bool
  }

  private struct Part: Hashable {
    let kind: Kind
    let number: Int
  }

  /// Whether runs are trials of a search, or were chosen by them.
  private let areSearched: Bool
  private var counts: [Kind: Int] = [:]
  private var numbers: [Part: Int] = [:]
  /// By the id of a run, which several arms may share.
  private var known: [String: Int] = [:]

  init(areSearched: Bool) { self.areSearched = areSearched }

  /// The number of a run's group, counted from 0 by first runs.
  /// - Parameter trial: nil for a final run.
  mutating func group(of id: String, family: String, arm: String, trial: Int?) -> Int {
    if let group = known[id] { return group }
    let kind = Kind(family: family, arm: areSearched ? arm : nil, isTrial: trial != nil)
    let place = counts[kind, default: 0]
    counts[kind] = place + 1
    let part = Part(kind: kind, number: place / Self.limit)
    let group = numbers[part] ?? numbers.count
    numbers[part] = group
    known[id] = group
    return group
  }
}
