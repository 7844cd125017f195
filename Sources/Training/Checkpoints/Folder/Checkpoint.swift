import OrderedCollections

/// Everything that decides how a training goes on, on the host: restored into a trainer of the same model and
/// method, the remaining epochs give bit for bit what they would have given without a break.
public struct Checkpoint: Sendable, Equatable {
  /// The training state by path: `parameters/…`, `state/…`, `optimizer/…`, `rule/…`, `averaging/…`.
  public var tensors: OrderedDictionary<String, HostArray>
  /// Epochs done; the next one has this number, counted from 0, and its order follows from it and the key.
  public var epoch: Int
  /// Updates done.
  public var step: Int
  /// The state of the key that order and all random draws are derived from: two numbers.
  public var key: [UInt64]
  /// How the last `fit` went through its data, nil if there was none.
  public var plan: DataPlan?
  /// The resolved configuration, as whoever saves writes it.
  public var configuration: String
  /// Everything that training showed so far.
  public var history: History
  /// What callbacks remember, by their names.
  public var callbacks: OrderedDictionary<String, CallbackMemory>

  public init(
    tensors: OrderedDictionary<String, HostArray>, epoch: Int, step: Int, key: [UInt64], plan: DataPlan? = nil,
    configuration: String = "", history: History = History(),
    callbacks: OrderedDictionary<String, CallbackMemory> = [:]
  ) {
    (self.tensors, self.epoch, self.step, self.key, self.plan) = (tensors, epoch, step, key, plan)
    (self.configuration, self.history, self.callbacks) = (configuration, history, callbacks)
  }

  /// Epochs of the plan that aren't done; 0 without a plan, and where a callback has ended training.
  public var remainingEpochs: Int {
    guard let plan, history.stopReason == nil else { return 0 }
    return Swift.max(0, plan.epochs - epoch)
  }
}
