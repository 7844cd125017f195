import Configuration

/// Focal loss of classes: cross entropy in which examples that are predicted well count less,
/// `-sum(t (1 - p)^γ log p)` with the softmax p of the outputs and targets t.
///
/// Targets are class indices `[batch, …]` or probabilities `[batch, …, classes]`. With γ = 0 it is
/// ``SoftmaxCrossEntropy``. The paper's weights of classes are a method's class weights.
public struct Focal: Loss {
  public static let declaration = Declaration(
    "focal", "cross entropy of logits that focuses on examples predicted badly", standard: Focal(),
    reference: .focalLoss, settings: [.gamma(\.gamma)])

  public var outputKind: OutputKind? { .classLogits }

  public var gamma: any Schedule

  public init(gamma: any Schedule = 2.0) { self.gamma = gamma }

  public func scheduled(at progress: Progress) -> any Loss { Focal(gamma: gamma.fixed(at: progress)) }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    ClassTargets(targets, for: outputs, operation: Self.name).perExample { targets in
      let logarithms = outputs.logSoftmax()
      // The power's derivative at a probability of exactly 1 may be infinite; it is multiplied by 0.
      let rest = (-logarithms.expm1()).maximum(1e-12)
      return -(targets * rest.power(gamma.initial) * logarithms).sum([-1])
    }
  }
}

/// Focal loss of independent events with targets in 0...1, averaged over an example's outputs.
///
/// For a target of 1 and the sigmoid p of an output it is `-α (1 - p)^γ log p`, for a target of 0
/// `-(1 - α) p^γ log(1 - p)`, and between them the mean of both, weighted by the target.
public struct BinaryFocal: Loss {
  public static let declaration = Declaration(
    "binaryFocal", "cross entropy of independent events that focuses on those predicted badly", standard: BinaryFocal(),
    reference: .focalLoss,
    settings: [
      .gamma(\.gamma),
      Setting(
        "alpha", \.alpha, .optional(.probability, standing: 0.25),
        "weight α of targets of 1, with 1 - α for those of 0; none weights both with 1"),
    ])

  public var outputKind: OutputKind? { .eventLogits }

  public var gamma: any Schedule
  /// nil weights targets of 0 and 1 alike.
  public var alpha: (any Schedule)?

  public init(gamma: any Schedule = 2.0, alpha: (any Schedule)? = 0.25) { (self.gamma, self.alpha) = (gamma, alpha) }

  public func scheduled(at progress: Progress) -> any Loss {
    BinaryFocal(gamma: gamma.fixed(at: progress), alpha: alpha?.fixed(at: progress))
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    // The logarithms of 1 - p and p, with the sign turned: exact for outputs of any size.
    let (no, yes) = (outputs.softplus(), (-outputs).softplus())
    let ones = targets * (-(no * gamma.initial)).exp() * yes
    let zeros = (1 - targets) * (-(yes * gamma.initial)).exp() * no
    guard let alpha = alpha?.initial else { return (ones + zeros).meanOfPositions() }
    return (ones * alpha + zeros * (1 - alpha)).meanOfPositions()
  }
}

/// The hinge loss `max(0, 1 - y·x)` of yes and no, averaged over an example's outputs x: y is 1 for a target of 1 and -1
/// for one of 0. Outputs above 0 mean yes.
public struct Hinge: Loss {
  public static let declaration = Declaration(
    "hinge", "hinge loss max(0, 1 - y x) of yes and no; targets are 0 or 1", standard: Hinge(),
    reference: .supportVectors, settings: [.squared(\.isSquared)])

  public var outputKind: OutputKind? { .eventLogits }

  /// Whether the loss is squared.
  public var isSquared: Bool

  public init(squared: Bool = false) { isSquared = squared }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let sides = targets.asValues(for: outputs, operation: Self.name) * 2 - 1
    let loss = (1 - sides * outputs).maximum(0)
    return (isSquared ? loss.squared() : loss).meanOfPositions()
  }
}

/// The hinge loss of classes (Crammer and Singer 2001): `max(0, 1 + max of the other outputs - output of the class)`.
///
/// Targets are class indices `[batch, …]`, or one-hot `[batch, …, classes]`.
public struct CategoricalHinge: Loss {
  public static let declaration = Declaration(
    "categoricalHinge", "hinge loss of classes: the margin to the greatest other output", standard: CategoricalHinge(),
    reference: Reference(
      "Crammer and Singer", 2001, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines",
      "https://www.jmlr.org/papers/v2/crammer01a.html"),
    settings: [.squared(\.isSquared)])

  public var outputKind: OutputKind? { .classLogits }

  /// Whether the loss is squared.
  public var isSquared: Bool

  public init(squared: Bool = false) { isSquared = squared }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    ClassTargets(targets, for: outputs, operation: Self.name).perExample { targets in
      let isOwn = targets .> 0.5
      let own = outputs.replaced(where: .!isOwn, by: 0).sum([-1])
      let other = outputs.replaced(where: isOwn, by: -Double.infinity).max([-1])
      let loss = (1 + other - own).maximum(0)
      return isSquared ? loss.squared() : loss
    }
  }
}

extension Setting {
  fileprivate static func gamma(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting("gamma", property, .nonNegative, "focusing parameter γ; 0 is the cross entropy")
  }

  fileprivate static func squared(_ property: WritableKeyPath<Method, Bool> & Sendable) -> Setting {
    Setting("squared", property, .flag, "whether the loss is squared")
  }
}

extension Reference {
  fileprivate static var focalLoss: Reference {
    Reference("Lin et al.", 2017, "Focal Loss for Dense Object Detection", "https://arxiv.org/abs/1708.02002")
  }

  fileprivate static var supportVectors: Reference {
    Reference("Cortes and Vapnik", 1995, "Support-Vector Networks", "https://doi.org/10.1007/BF00994018")
  }
}
