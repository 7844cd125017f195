import Configuration

/// Any optimizer, without the elements whose update doesn't go against the gradient (Liang et al. 2024), see
/// ``CautiousMask``.
///
/// Weight decay given here isn't masked; that of the optimizer inside is part of its update.
public struct Cautious: Optimizer {
  /// What updates that stay are divided by, of a parameter with `n` elements of which `k` stay.
  public enum Share: String, Sendable, Hashable, CaseIterable {
    /// `k / n`, at least `floor` (C-AdamW by the authors, timm).
    case mean
    /// `(k + 1) / n` (the paper's formula; C-Lion by the authors, pytorch_optimizer).
    case counted
  }

  public static let declaration = Declaration(
    "cautious", "an optimizer whose updates stop where they don't go against the gradient",
    standard: Cautious(Adam()),
    formula: "u ← u [u·(−g) > 0] / max(k/n, floor), of n elements k stay",
    reference: Reference(
      "Liang et al.", 2024, "Cautious Optimizers: Improving Training with One Line of Code",
      "https://arxiv.org/abs/2411.16085"),
    settings: [
      Setting("optimizer", \.optimizer, .method, "the optimizer, by name"),
      Setting("share", \.share, .word, "the share of elements that updates are divided by: k/n, or (k + 1)/n"),
      Setting("floor", \.floor, .number(in: 0...1), "least share of elements k/n that updates are divided by"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var optimizer: any Optimizer
  public var share: Share
  public var floor: any Schedule
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    _ optimizer: any Optimizer, share: Share = .mean, floor: any Schedule = 1e-3, weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.optimizer = optimizer
    self.share = share
    self.floor = floor
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var patterns: [(setting: String, pattern: String)] { optimizer.patterns }

  public var transform: any Transform {
    let masked = CautiousMask(optimizer.transform, share: share, floor: floor)
    return DecayFirst(weightDecay, rate: masked.learningRate ?? 1.0, filter: weightDecayFilter, then: masked)
  }
}

/// Updates of another transform, 0 where they don't go against the gradient, and divided by the share of the
/// parameter's elements where they do, see ``Cautious/Share`` (Liang et al. 2024).
public struct CautiousMask: Transform {
  public var next: any Transform
  public var share: Cautious.Share
  public var floor: any Schedule

  public init(_ next: any Transform, share: Cautious.Share = .mean, floor: any Schedule = 1e-3) {
    self.next = next
    self.share = share
    self.floor = floor
  }

  public var learningRate: (any Schedule)? { next.learningRate }
  public var unshardable: [any Transform] { next.unshardable }

  public func initial(_ parameters: TensorTree) -> TensorTree { next.initial(parameters) }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let step = next.update(updates, state: state, context: context)
    let wide = step.updates.mapValues(\.upcast)
    // NaN isn't 0 or more: it stays.
    let mask = wide.zip(updates) { (.!($0 * $1.upcast .>= 0)).cast(to: $0.dtype) }
    let shares = context.sums(of: mask).zip(context.sums(of: mask.mapValues { $0.onesLike() })) { kept, all in
      switch share {
      case .mean: (kept / all).maximum(floor.at(context.progress))
      case .counted: (kept + 1) / all
      }
    }
    let masked = wide.zip(mask, *).zip(shares, /)
    return (step.updates.zip(masked) { $1.cast(to: $0.dtype) }, step.state)
  }
}
