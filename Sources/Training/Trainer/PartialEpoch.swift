import OrderedCollections

/// How far an epoch is, so that a checkpoint from the middle of it can be continued.
struct PartialEpoch: Equatable {
  /// Updates done in the epoch.
  let steps: Int
  /// The sums of loss and metrics so far.
  let totals: [Double]

  /// The name under which checkpoints keep it, among the memories of callbacks.
  static let name = "partialEpoch"

  init(steps: Int, totals: [Double]) { (self.steps, self.totals) = (steps, totals) }

  /// nil for a memory of something else.
  init?(_ memory: CallbackMemory?) {
    guard let memory, let steps = memory.numbers["steps"].flatMap({ Int(exactly: $0) }), steps > 0,
      let totals = try? memory.tensors["totals"]?.values(as: Double.self)
    else { return nil }
    self.init(steps: steps, totals: totals)
  }

  func memory() throws -> CallbackMemory {
    CallbackMemory(numbers: ["steps": Double(steps)], tensors: ["totals": try HostArray(totals)])
  }
}

extension Trainer {
  /// Whether nothing was trained yet, not even a part of the first epoch.
  var isUntrained: Bool { epoch == 0 && partialEpoch == nil }

  /// Forgets an epoch that was under way if it went through its data in another way than `plan`.
  func forgetPartialEpoch(unlessOf plan: FitPlan) {
    guard self.plan?.stepsPerEpoch != plan.stepsPerEpoch || self.plan?.batchSize != plan.batchSize else { return }
    partialEpoch = nil
  }
}
