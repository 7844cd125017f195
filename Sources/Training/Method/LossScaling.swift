/// What the loss is multiplied by before gradients are taken, and divided by afterwards, so that they don't underflow in
/// half precision (Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740).
///
/// Each pass of a gradient rule is scaled by itself: SAM perturbs by the gradients as they are.
public enum LossScaling: Sendable, Hashable {
  /// By 1.
  case none
  /// By a number above 0.
  case fixed(Double)
  /// By a number that is halved when gradients overflow, in a step that is skipped, and doubled after ``growthInterval``
  /// steps without. It begins at 65536, as in PyTorch's `GradScaler`.
  case dynamic

  static let start = 65_536.0
  /// Steps without overflow after which a dynamic factor is doubled.
  public static let growthInterval = 2000
}

/// Whether steps whose gradients aren't finite are done, and the factor of the loss.
///
/// Both are part of the training state: checkpoints save them.
struct StepGuard {
  private static let name = "guard"

  let scaling: LossScaling
  private let state: TensorTree

  /// nil for a method that does every step, with the loss as it is.
  init?(_ method: Method, _ state: TrainingState) {
    guard method.guardsSteps else { return nil }
    (scaling, self.state) = (method.lossScaling, state.tree[under: Self.name])
  }

  /// The state before the first step; empty if nothing is guarded.
  static func initial(_ method: Method) -> TensorTree {
    guard method.guardsSteps else { return TensorTree() }
    var tree = TensorTree([(path: "skipped", tensor: Tensor(0, dtype: .int32))])
    if method.lossScaling == .dynamic {
      tree["scale"] = Tensor(LossScaling.start, dtype: .float32)
      tree["unbroken"] = Tensor(0, dtype: .int32)
    }
    return tree.nested(under: name)
  }

  /// What the guard keeps of a training state.
  static func part(of tree: TensorTree) -> TensorTree { tree[under: name].nested(under: name) }

  /// What the loss is multiplied by, a `float32` scalar; nil for 1.
  var scale: Tensor? {
    switch scaling {
    case .none: nil
    case .fixed(let scale): Tensor(scale, dtype: .float32)
    case .dynamic: state["scale"]
    }
  }

  /// Whether all elements of all gradients are finite, a bool scalar.
  static func isFinite(_ gradients: TensorTree) -> Tensor {
    gradients.tensors.map { $0.isFinite().all() }.reduce(Tensor(true)) { $0 .& $1 }
  }

  /// The state after a step: `next` if it is done, otherwise `previous`, and what is counted.
  func choose(_ next: TrainingState, over previous: TrainingState, isDone: Tensor) -> TrainingState {
    var tree = next.tree.zip(previous.tree) { Tensor.select(isDone, $0, $1) }
    tree.merge(counted(isDone: isDone).nested(under: Self.name))
    return TrainingState(tree: next.tree.zip(tree) { $1 })
  }

  private func counted(isDone: Tensor) -> TensorTree {
    var counted = state
    if let skipped = state["skipped"] { counted["skipped"] = skipped + (.!isDone).cast(to: .int32) }
    guard scaling == .dynamic, let scale = state["scale"], let unbroken = state["unbroken"] else { return counted }
    let number = unbroken + 1
    let grows = number .>= Double(LossScaling.growthInterval)
    counted["scale"] = Tensor.select(isDone, Tensor.select(grows, scale * 2, scale), scale * 0.5)
    counted["unbroken"] = Tensor.select(isDone .& .!grows, number, number.zerosLike())
    return counted
  }
}

extension Method {
  /// Whether steps may be skipped.
  var guardsSteps: Bool { skipsNonFiniteSteps || lossScaling != .none }

  /// The names of what the guard records, in order.
  var guardNames: [String] {
    (guardsSteps ? ["skipped_steps"] : []) + (lossScaling == .dynamic ? ["loss_scale"] : [])
  }
}

extension TrainingState {
  /// The values of the method's guard so far, in the order of their names.
  func guardValues(_ method: Method) throws -> [Double] {
    try zip(["skipped", "scale"], method.guardNames).compactMap { path, _ in
      try tree["guard/\(path)"].map { try $0.cast(to: .float64).scalar() }
    }
  }
}
