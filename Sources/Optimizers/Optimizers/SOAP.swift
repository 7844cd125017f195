import Configuration

/// Adam in the eigenbases of Shampoo's matrices (Vyas et al. 2024), see ``EigenbasisMoments``.
///
/// Decay shrinks the parameters after the step, `(w - lr u) (1 - lr decay)`, and not in the first, as in the authors' code.
/// It needs `eigh`, which OpenBLAS computes on the CPU; see `Tensor.eigh`.
public struct SOAP: Optimizer {
  public static let declaration = Declaration(
    "soap", "Adam in the eigenbases of Shampoo's matrices", standard: SOAP(),
    formula: "Q, P: eigenvectors of means of ggᵀ, gᵀg; v ← β₂v + (1 − β₂)(QᵀgP)²; w ← w − η Q (Qᵀm̂P / (√v̂ + ε)) Pᵀ",
    reference: Reference(
      "Vyas et al.", 2024, "SOAP: Improving and Stabilizing Shampoo using Adam", "https://arxiv.org/abs/2409.11321"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.moments.beta1), .beta2(\.moments.beta2),
      Setting(
        "shampooBeta", \.moments.chosenShampooBeta, .optional(.decayRate, standing: 0.0),
        "decay rate of the matrices; none is β₂"),
      Setting("every", \.moments.period, .integer(in: 1...Int(Int32.max)), "steps from one new basis to the next"),
      Setting(
        "greatestExtent", \.moments.greatestExtent, .integer(in: 1...Int(Int32.max)),
        "axes of a greater extent have no basis"),
      .vectors(\.moments.vectors, "basis"),
      .epsilon(\.moments.epsilon), .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: EigenbasisMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  /// - Parameter shampooBeta: by default beta2.
  public init(
    learningRate: any Schedule = 0.003, beta1: any Schedule = 0.95, beta2: any Schedule = 0.95,
    shampooBeta: (any Schedule)? = nil,
    every period: Int = 10, greatestExtent: Int = 10_000, vectors: Bool = false, epsilon: any Schedule = 1e-8,
    weightDecay: any Schedule = 0.01, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = EigenbasisMoments(
      beta1: beta1, beta2: beta2, chosenShampooBeta: shampooBeta, period: period, greatestExtent: greatestExtent,
      vectors: vectors, epsilon: epsilon)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    chain(
      moments, ScaleByLearningRate(learningRate),
      DecayAfter(weightDecay, rate: learningRate, form: .multiplied, filter: weightDecayFilter), FirstStepSkipped())
  }
}

/// Adam's second moment in a basis that turns slowly with the gradients (SOAP, Vyas et al. 2024).
///
/// Each axis of a tensor has a running mean `L` of the products of the gradient's slices, and a basis `Q` of its
/// eigenvectors. The first gradient makes the bases and is no update. Then `m' = beta1 m + (1 - beta1) g`, and with `^`
/// for what is turned into the bases, `v' = beta2 v + (1 - beta2) g^^2`; the output is `m'^ / (sqrt(v') + epsilon)
/// sqrt(1 - beta2^t) / (1 - beta1^t)` turned back, `t` counted from the first update. Every `period` updates `Q`
/// becomes the orthonormal factor of `L' Q`, its columns in the order of their eigenvalues.
///
/// Tensors of fewer than two axes keep their basis, which makes it Adam without the first step; those of one have a basis too
/// if `vectors` says so.
public struct EigenbasisMoments: ParameterwiseTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  /// nil is beta2.
  var chosenShampooBeta: (any Schedule)?
  public var period: Int
  /// Axes of a greater extent have no basis.
  public var greatestExtent: Int
  /// Whether tensors of one axis have a basis.
  public var vectors: Bool
  public var epsilon: any Schedule

  public var shampooBeta: any Schedule { chosenShampooBeta ?? beta2 }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
    for axis in factors(parameter).axes {
      slots["products\(axis)"] = .zeros([parameter.shape[axis], parameter.shape[axis]], dtype: parameter.upcast.dtype)
      slots["basis\(axis)"] = .identity(parameter.shape[axis], dtype: parameter.upcast.dtype)
    }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, factors) = (update.upcast, factors(parameter))
    let (dtype, progress) = (gradient.dtype, context.progress)
    let isFirst = progress.step .== 0
    let bases = factors.axes.map { slots["basis\($0)"] }
    let first = slots["first"].runningMean(gradient, keeping: beta1.at(progress))
      .replaced(where: isFirst, by: slots["first"])
    let second = slots["second"].runningMean(
      factors.times(bases, gradient).squared(), keeping: beta2.at(context.progress)
    )
    .replaced(where: isFirst, by: slots["second"])
    // Updates are counted from the second gradient.
    let updates = progress.step.cast(to: dtype).maximum(1)
    let scaled = factors.times(bases, first) / (second.sqrt() + epsilon.at(context.progress))
    let correction =
      updates.biasCorrection(beta2.at(progress)).sqrt() / updates.biasCorrection(beta1.at(progress))
    let output = factors.times(bases, scaled, isTransposed: true) * correction
    let products = factors.axes.map { axis in
      slots["products\(axis)"].runningMean(
        factors.products(gradient, axis: axis), keeping: shampooBeta.at(context.progress))
    }
    let turned = turned(second, bases, products, factors, progress.step)
    (slots["first"], slots["second"]) = (first, turned[0])
    for (index, axis) in factors.axes.enumerated() {
      (slots["products\(axis)"], slots["basis\(axis)"]) = (products[index], turned[1 + index])
    }
    return output.replaced(where: isFirst, by: 0).cast(to: update.dtype)
  }

  private func factors(_ parameter: Tensor) -> KroneckerFactors {
    KroneckerFactors(parameter.shape, limit: greatestExtent, vectors: vectors)
  }

  /// The second moment and the bases after an update: those of the eigenvectors at first, once improved every so often,
  /// and else as they are.
  private func turned(
    _ second: Tensor, _ bases: [Tensor], _ products: [Tensor], _ factors: KroneckerFactors, _ step: Tensor
  ) -> [Tensor] {
    if bases.isEmpty { return [second] }
    let isDue = step.remainder(dividingBy: Double(Swift.max(1, period))) .== 0
    return conditional(isDue) {
      conditional(step .== 0) {
        [second] + products.map { $0.eigh().vectors.reverse([-1]) }
      } else: {
        var second = second
        let next = zip(factors.axes, zip(bases, products)).map { axis, pair in
          let (basis, products) = pair
          let moved = products.matmul(basis)
          let order = (basis * moved).sum([0]).argSort(descending: true)
          second = second.take(order, axis: axis)
          return moved.take(order, axis: 1).qr().q
        }
        return [second] + next
      }
    } else: {
      [second] + bases
    }
  }
}

extension Tensor {
  /// `1 - beta^self`, with all its digits where `beta` is near 1.
  fileprivate func biasCorrection(_ beta: Coefficient) -> Tensor { -(self * beta.tensor(dtype).log()).expm1() }
}
