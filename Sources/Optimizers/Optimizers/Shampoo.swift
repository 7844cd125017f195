import Configuration

/// Gradients times roots of the inverses of their second moments along each axis (Gupta et al. 2018), with steps of
/// another method's size (Agarwal et al. 2020), see ``ShampooDirection`` and ``Grafting``.
///
/// The paper's algorithm is `shampoo(beta1: 0, beta2: 1, relative: false, vectors: true, graft: none, every: 1)`; with
/// `relative: false, vectors: true` a step is that of the authors of Distributed Shampoo (Shi et al. 2023).
///
/// Roots by eigenvalues need `eigh`, which OpenBLAS computes on the CPU; roots by iteration work on every engine.
public struct Shampoo: Optimizer {
  /// Whose step's norm a step has.
  public enum Graft: String, Sendable, Hashable, CaseIterable {
    /// Shampoo's own.
    case none
    case sgd, adagrad, rmsprop, adam
  }

  public static let declaration = Declaration(
    "shampoo", "gradients preconditioned along each axis, with steps of another method's size", standard: Shampoo(),
    formula: "L ← β₂L + (1 − β₂)ggᵀ; R ← β₂R + (1 − β₂)gᵀg; d = L^(−1/4) m̂ R^(−1/4); w ← w − η |graft|/|d| d",
    reference: Reference(
      "Gupta et al.", 2018, "Shampoo: Preconditioned Stochastic Tensor Optimization",
      "https://arxiv.org/abs/1802.09568"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.direction.beta1, "decay rate β₁ of the mean gradient, or a schedule"),
      Setting("beta2", \.direction.beta2, .number(in: 0...1), "decay rate β₂ of the matrices; 1 adds them up"),
      .epsilon(\.direction.epsilon, "ε, added to the eigenvalues"),
      Setting("relative", \.direction.isRelative, .flag, "whether ε is relative to the greatest eigenvalue"),
      Setting("graft", \.graft, .word, "whose step's norm a parameter's step has"),
      Setting(
        "root", \.direction.root, .word, "how roots are computed: by eigenvalues, or by iteration on accelerators"),
      Setting("every", \.direction.period, .integer(in: 1...Int(Int32.max)), "steps from one root to the next"),
      Setting(
        "greatestExtent", \.direction.greatestExtent, .integer(in: 1...Int(Int32.max)),
        "axes of a greater extent have no matrix"),
      .vectors(\.direction.vectors, "matrix"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var direction: ShampooDirection
  public var graft: Graft
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: any Schedule = 1e-6,
    isRelative: Bool = true, graft: Graft = .adam, root: ShampooDirection.Root = .eigenvalues, every period: Int = 10,
    greatestExtent: Int = 2048, vectors: Bool = false, weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    direction = ShampooDirection(
      beta1: beta1, beta2: beta2, epsilon: epsilon, isRelative: isRelative, root: root, period: period,
      greatestExtent: greatestExtent, vectors: vectors)
    self.graft = graft
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    let magnitude = GraftedMagnitude(
      graft: graft, beta1: direction.beta1, beta2: direction.beta2.constant == 1 ? 0.999 : direction.beta2)
    return Chain(
      graft == .none ? direction : Grafting(magnitude: magnitude, direction: direction), decay: weightDecay,
      filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// The mean gradient, its bias corrected, scaled as another method scales gradients, for ``Grafting`` to take its norm.
private struct GraftedMagnitude: ParameterwiseTransform, ShardableTransform {
  var graft: Shampoo.Graft
  var beta1: any Schedule
  var beta2: any Schedule

  func initial(_ parameter: Tensor, slots: inout Slots) {
    if beta1.constant != 0 { slots.setZeros("first", like: parameter) }
    if graft != .sgd { slots.setZeros("second", like: parameter) }
  }

  func update(_ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext) -> Tensor {
    let (gradient, progress) = (update.upcast, context.progress)
    let squares = gradient.squared()
    let mean =
      beta1.constant == 0
      ? gradient
      : slots.updateMean("first", with: gradient, keeping: beta1.at(progress))
        / progress.biasCorrection(beta1, dtype: gradient.dtype)
    let scaled: Tensor
    switch graft {
    case .none, .sgd: scaled = mean
    case .adagrad:
      slots["second"] = slots["second"] + squares
      scaled = mean / (slots["second"].sqrt() + 1e-10)
    case .rmsprop:
      scaled = mean / (slots.updateMean("second", with: squares, keeping: beta2.at(context.progress)).sqrt() + 1e-8)
    case .adam:
      let second = slots.updateMean("second", with: squares, keeping: beta2.at(context.progress))
      scaled = mean / ((second / progress.biasCorrection(beta2, dtype: gradient.dtype)).sqrt() + 1e-8)
    }
    return scaled.cast(to: update.dtype)
  }
}

/// The direction of one transform's update of each parameter, with the norm of another's: `d |m| / |d|`, and 0 where
/// `d` is (Agarwal et al. 2020).
public struct Grafting: Transform {
  public var magnitude: any Transform
  public var direction: any Transform

  public init(magnitude: any Transform, direction: any Transform) {
    self.magnitude = magnitude
    self.direction = direction
  }

  public var learningRate: (any Schedule)? { magnitude.learningRate }
  public var unshardable: [any Transform] { magnitude.unshardable + direction.unshardable }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    magnitude.initial(parameters).nested(under: "magnitude")
      .merging(direction.initial(parameters).nested(under: "direction"))
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let sized = magnitude.update(updates, state: state[under: "magnitude"], context: context)
    let turned = direction.update(updates, state: state[under: "direction"], context: context)
    let ratios = context.norms(of: sized.updates).zip(context.norms(of: turned.updates)) { size, own in
      (size / own).replaced(where: own .== 0, by: 0)
    }
    return (
      turned.updates.zip(ratios) { ($0.upcast * $1).cast(to: $0.dtype) },
      sized.state.nested(under: "magnitude").merging(turned.state.nested(under: "direction"))
    )
  }
}

/// The mean gradient times a root of each axis' matrix (Shampoo, Gupta et al. 2018).
///
/// `m' = beta1 m + (1 - beta1) g`, and for each of a tensor's r axes `L' = beta2 L + (1 - beta2) G G^T`, where the rows
/// of G are the gradient's slices; a beta2 of 1 adds them up. With the bias of both corrected, the output is `M` times
/// `(L' + epsilon |L'| I)^(-1 / 2r)` along each axis, where `|L'|` is the greatest eigenvalue if epsilon is relative, and 1
/// otherwise; roots are those of the first of `period` steps. Tensors of fewer than two axes keep `M`, unless `vectors` says
/// that those of one axis have a matrix too.
public struct ShampooDirection: ParameterwiseTransform {
  /// How the root of a matrix' inverse is computed.
  public enum Root: String, Sendable, Hashable, CaseIterable {
    case eigenvalues
    /// Newton's method on matrices (Guo and Higham 2006), which takes products only.
    case iteration
  }

  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  /// Whether ``epsilon`` is relative to the greatest eigenvalue.
  public var isRelative: Bool
  public var root: Root
  public var period: Int
  /// Axes of a greater extent have no matrix.
  public var greatestExtent: Int
  /// Whether tensors of one axis have a matrix.
  public var vectors: Bool

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", like: parameter)
    for axis in factors(parameter).axes {
      slots["products\(axis)"] = .zeros([parameter.shape[axis], parameter.shape[axis]], dtype: parameter.upcast.dtype)
      slots["root\(axis)"] = .identity(parameter.shape[axis], dtype: parameter.upcast.dtype)
    }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, factors, progress) = (update.upcast, factors(parameter), context.progress)
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(progress))
    let mean = first / progress.biasCorrection(beta1, dtype: gradient.dtype)
    let products = factors.axes.map { axis in
      let (name, own) = ("products\(axis)", factors.products(gradient, axis: axis))
      slots[name] =
        beta2.constant == 1 ? slots[name] + own : slots[name].runningMean(own, keeping: beta2.at(context.progress))
      return slots[name]
    }
    guard !products.isEmpty else { return mean.cast(to: update.dtype) }
    let known = factors.axes.map { slots["root\($0)"] }
    let isDue = progress.step.remainder(dividingBy: Double(Swift.max(1, period))) .== 0
    let roots = conditional(isDue) {
      let dtype = gradient.dtype
      let correction = beta2.constant == 1 ? Tensor(1, dtype: dtype) : progress.biasCorrection(beta2, dtype: dtype)
      return products.map { inverseRoot(of: $0 / correction, degree: 2 * parameter.rank, epsilon.at(progress)) }
    } else: {
      known
    }
    for (axis, root) in zip(factors.axes, roots) { slots["root\(axis)"] = root }
    return factors.times(roots, mean).cast(to: update.dtype)
  }

  private func factors(_ parameter: Tensor) -> KroneckerFactors {
    KroneckerFactors(parameter.shape, limit: greatestExtent, vectors: vectors)
  }

  /// `(matrix + epsilon |matrix| I)^(-1 / degree)`; the identity of a matrix of zeros if epsilon is relative.
  private func inverseRoot(of matrix: Tensor, degree: Int, _ epsilon: Coefficient) -> Tensor {
    let identity = Tensor.identity(matrix.shape[0], dtype: matrix.dtype)
    switch root {
    case .eigenvalues:
      let (values, vectors) = matrix.eigh()
      let greatest = values.max().maximum(0)
      // Rounding makes eigenvalues of 0 negative.
      let shifted =
        isRelative
        ? (values.maximum(0) + greatest * epsilon).replaced(where: greatest .== 0, by: 1) : values.maximum(0) + epsilon
      return (vectors * shifted.power(-1 / Double(degree))).matmul(vectors.transpose())
    case .iteration:
      let greatest = matrix.greatestEigenvalue()
      let shifted =
        isRelative
        ? (matrix + identity * (greatest * epsilon)).replaced(where: greatest .== 0, by: identity)
        : matrix + identity * epsilon
      return shifted.inverseRoot(degree: degree)
    }
  }
}

extension Tensor {
  /// The greatest eigenvalue of a positive semidefinite matrix, by thirty steps of power iteration from its row sums.
  fileprivate func greatestEigenvalue() -> Tensor {
    func unit(_ vector: Tensor) -> Tensor {
      let norm = vector.norm()
      return vector / norm.replaced(where: norm .== 0, by: 1)
    }
    let start = unit(Tensor.ones([shape[0], 1], dtype: dtype) + abs().sum([1], keepDims: true))
    let vector = scan(carry: [start], length: 30) { carry, _ in ([unit(matmul(carry[0]))], []) }.carry[0]
    return matmul(vector).norm()
  }

  /// `self^(-1 / degree)` of a positive definite matrix by Newton's coupled iteration (Guo and Higham 2006): `M` goes
  /// to the identity, and `X` to the root.
  fileprivate func inverseRoot(degree: Int) -> Tensor {
    let (order, identity) = (Double(degree), Tensor.identity(shape[0], dtype: dtype))
    // With it the eigenvalues of M are at most (1 + degree) / 2 from the start.
    let scale = (order + 1) / (2 * squared().sum().sqrt())
    func power(_ matrix: Tensor, _ exponent: Int) -> Tensor {
      if exponent == 1 { return matrix }
      let half = power(matrix, exponent / 2)
      let square = half.matmul(half)
      return exponent.isMultiple(of: 2) ? square : square.matmul(matrix)
    }
    func distance(_ matrix: Tensor) -> Tensor { (matrix - identity).abs().max() }
    let begun = self * scale
    let start = [Tensor(0, dtype: .int32), begun, identity * scale.power(1 / order), distance(begun)]
    let tolerance = dtype == .float64 ? 1e-12 : 1e-6
    let found = whileLoop(carry: start) { carry in
      (carry[3] .> tolerance) .& (carry[0] .< 100)
    } body: { carry in
      let step = (identity * (order + 1) - carry[1]) / order
      let next = power(step, degree).matmul(carry[1])
      // Where rounding lets it come no closer it ends.
      let closer = distance(next) .< carry[3] * 1.2
      let ended = Tensor(0, dtype: dtype)
      return [
        carry[0] + 1, .select(closer, next, carry[1]), .select(closer, carry[2].matmul(step), carry[2]),
        .select(closer, distance(next), ended),
      ]
    }
    return found[2]
  }
}
