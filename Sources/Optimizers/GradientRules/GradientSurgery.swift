import Configuration

/// The mean of several losses' gradients, each without what conflicts with another (PCGrad, Yu et al. 2020).
///
/// Of two gradients whose product is negative, each loses its component along the other one; a gradient meets the others in
/// random order. Without conflicts it is the plain gradient of the loss.
///
/// The losses are those of groups of consecutive examples, which differ by one at most, or of the outputs by themselves: with `tasks: outputs, count: 3`
/// a regression with three targets has three losses. Or they are the terms of the one loss, of which the gradients' sum is taken:
/// what `confidencePenalized` and `rDrop` add to the loss they wrap, and the penalties of parameters together, which are
/// the last one. A loss that isn't a sum, such as `flooded`, is one term, and doesn't see penalties.
/// Loss, metrics and state are those of the whole batch; running statistics of groups are means.
public struct GradientSurgery: GradientRule {
  /// What has a loss of its own.
  public enum Tasks: String, Sendable, Hashable, CaseIterable {
    case groups, outputs, terms
  }

  public static let declaration = Declaration(
    "surgery", "the mean of several losses' gradients without what conflicts", standard: GradientSurgery(),
    formula: "mean of gᵢ, each with gᵢ ← gᵢ − min(0, gᵢ·gⱼ)/|gⱼ|² gⱼ for all others j",
    reference: Reference(
      "Yu et al.", 2020, "Gradient Surgery for Multi-Task Learning", "https://arxiv.org/abs/2001.06782"),
    settings: [
      Setting(
        "tasks", \.tasks, .word, "what has a gradient of its own: groups of examples, outputs, or the terms of the loss"
      ),
      Setting(
        "count", \.count, .integer(in: 1...1000), "number of losses, or of the loss's terms"),
    ])

  public var tasks: Tasks
  public var count: Int

  public init(_ tasks: Tasks = .groups, count: Int = 2) {
    self.tasks = tasks
    self.count = count
  }

  public var evaluationsPerStep: Double { tasks == .groups ? 1 : 1 + Double(count) }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let (parameters, modelState) = (context.parameters, context.modelState)
    var evaluation: Evaluation
    let gradients: [TensorTree]
    var weights: [Double]?
    switch tasks {
    case .groups:
      let groups = Swift.max(1, Swift.min(count, batch.size))
      let ranges = (0..<groups).map { (batch.size * $0 / groups)..<(batch.size * ($0 + 1) / groups) }
      let parts = ranges.map { batch.part($0)(parameters, modelState) }
      evaluation =
        Evaluation(meanOf: parts, sizes: ranges.map(\.count), state: .mean) ?? batch(parameters, modelState)
      gradients = parts.map(\.gradients)
      weights = ranges.map { Double($0.count) / Double(batch.size) }
    case .outputs:
      evaluation = batch(parameters, modelState)
      gradients = (0..<count).map { batch.output($0, of: count)(parameters, modelState).gradients }
    case .terms:
      evaluation = batch(parameters, modelState)
      gradients = (0..<count).map { batch.term($0, of: count)(parameters, modelState).gradients }
      // The loss is their sum.
      weights = gradients.map { _ in 1 }
    }
    evaluation.gradients = Self.mean(of: gradients, weights: weights, key: context.key)
    return (evaluation, state)
  }

  /// The mean of gradients, each without what conflicts with another.
  /// - Parameters:
  ///   - gradients: trees of equal paths and types, at least one.
  ///   - weights: how much each counts in the mean, 1 together; by default all count alike.
  ///   - key: draws the order in which a gradient meets the others.
  public static func mean(of gradients: [TensorTree], weights: [Double]? = nil, key: Key) -> TensorTree {
    let (count, dtype) = (gradients.count, gradients[0].wideType)
    let rows = gradients.map { one in Tensor.stack(gradients.map { one.product($0) }) }
    let products = Tensor.stack(rows)
    let identity = Tensor.identity(count, dtype: dtype)
    let orders = Tensor.stack((0..<count).map { key.derived("order").folding($0).permutation(count) })
    // Row i says how much of which gradient is in the i-th.
    var shares = identity
    for place in 0..<count {
      let met = orders.slice(place..<place + 1, axis: 1).oneHot(count, dtype: dtype).reshape(to: [count, count])
      let others = met * (1 - identity)
      let product = (shares.matmul(products) * others).sum([1], keepDims: true).minimum(0)
      let square = (products * identity).sum([0], keepDims: true)
      let length = (square * others).sum([1], keepDims: true)
      shares = shares - others * (product / length).replaced(where: length .== 0, by: 0)
    }
    let counts = Tensor(weights ?? gradients.map { _ in 1 / Double(count) }, shape: [count, 1]).cast(to: dtype)
    let weights = (shares * counts).sum([0])
    return gradients[0].map { path, first in
      let own = gradients.map { $0[path] ?? first }
      let sum = own.indices.map { own[$0].upcast * weights[$0].cast(to: first.upcast.dtype) }
      return sum.dropFirst().reduce(sum[0], +).cast(to: first.dtype)
    }
  }
}
