/// What one pass over a mini-batch, or a part of it, gives.
public struct Evaluation: Sendable {
  /// The loss the gradients belong to, a scalar.
  public var loss: Tensor
  /// The gradients, a tree like the parameters.
  public var gradients: TensorTree
  /// The model's state after the pass: running statistics.
  public var state: TensorTree
  /// What is reported of the batch besides the loss: names to sums and counts, which parts of a batch add up.
  public var metrics: TensorTree
  /// The loss to report, a mean over the examples; modifiers such as flooding tell it from ``loss``.
  public var reported: Tensor
  /// What the examples weigh together, a scalar; nil where each weighs 1.
  public var weight: Tensor?
  /// The loss of each example, `[examples]`; nil if the pass does not report it.
  public var losses: Tensor?
  /// How the loss curves, if a rule estimates it.
  public var curvature: Curvature?

  /// - Parameter reported: `loss` by default.
  public init(
    loss: Tensor, gradients: TensorTree, state: TensorTree, metrics: TensorTree, reported: Tensor? = nil,
    weight: Tensor? = nil, losses: Tensor? = nil
  ) {
    self.losses = losses
    self.loss = loss
    self.gradients = gradients
    self.state = state
    self.metrics = metrics
    self.reported = reported ?? loss
    self.weight = weight
  }
}

extension Evaluation {
  /// What becomes of the states of a batch's parts.
  enum JoinedState {
    /// The parts go from state to state.
    case last
    /// All begin with the same state. Of integers, which count, any is the mean.
    case mean
  }

  /// The evaluation of a batch from those of its parts: loss and gradients are means weighted by what the parts' examples
  /// weigh, metrics are added up.
  /// - Parameters:
  ///   - sizes: the parts' numbers of examples.
  ///   - devices: those that have other parts, of the same sizes; nil if there are none.
  /// - Returns: nil if there are no parts.
  init?(meanOf parts: [Evaluation], sizes: [Int], over devices: DeviceAxis? = nil, state: JoinedState = .last) {
    guard let last = parts.last else { return nil }
    self = last
    losses = nil
    let dtype = reported.dtype
    let weights = parts.compactMap { $0.weight?.cast(to: dtype) }
    let shares: [Tensor]
    if weights.count == parts.count {
      let own = weights.dropFirst().reduce(weights[0], +)
      let sum = devices?.sum(own) ?? own
      weight = sum
      // Of no examples the mean is 0.
      shares = weights.map { $0 / sum.replaced(where: sum .== 0, by: 1) }
    } else {
      let size = Double(Swift.max(1, sizes.reduce(0, +)) * (devices?.count ?? 1))
      weight = nil
      shares = sizes.map { Tensor(Double($0) / size, dtype: dtype) }
    }
    func mean(_ value: (Evaluation) -> Tensor) -> Tensor {
      let scaled = Swift.zip(parts, shares).map { part, share in value(part) * share.cast(to: value(part).dtype) }
      return scaled.dropFirst().reduce(scaled[0], +)
    }
    loss = mean(\.loss)
    reported = mean(\.reported)
    gradients = last.gradients.map { path, gradient in mean { $0.gradients[path] ?? gradient } }
    curvature?.diagonal = gradients.map { path, gradient in mean { $0.curvature?.diagonal[path] ?? gradient } }
    metrics = last.metrics.map { path, metric in
      parts.dropLast().reduce(metric) { sum, part in part.metrics[path].map { sum + $0 } ?? sum }
    }
    if state == .mean { self.state = Self.meanState(of: parts, over: devices) ?? last.state }
    if let devices { exchange(with: devices) }
  }

  /// Adds what other devices have of loss, gradients and metrics.
  private mutating func exchange(with devices: DeviceAxis) {
    let sums = devices.sum([loss, reported] + gradients.tensors + metrics.tensors)
    (loss, reported) = (sums[0], sums[1])
    gradients = gradients.with(sums.dropFirst(2).prefix(gradients.count))
    metrics = metrics.with(sums.suffix(metrics.count))
  }

  private static func meanState(of parts: [Evaluation], over devices: DeviceAxis?) -> TensorTree? {
    guard let first = parts.first?.state else { return nil }
    let own = first.map { path, tensor in
      guard tensor.dtype.isFloatingPoint else { return tensor }
      return parts.dropFirst().reduce(tensor) { $0 + ($1.state[path] ?? tensor) } / Double(parts.count)
    }
    guard let devices else { return own }
    let smooth = own.filter { own[$0]?.dtype.isFloatingPoint == true }
    let means = smooth.with(devices.mean(smooth.tensors))
    return own.map { path, tensor in means[path] ?? tensor }
  }
}
